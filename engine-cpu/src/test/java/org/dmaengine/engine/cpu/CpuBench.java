package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Capability;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.Transfer;
import org.dmaengine.spi.Scheduler;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An open engine with an arena; closing it checks that no fault was reported. */
final class CpuBench implements AutoCloseable {
    final DmaEngine engine;
    final DmaArena arena = DmaArena.open();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

    private CpuBench(EngineOptions options) {
        engine = DmaEngines.open("cpu", options.withFaults(faults::add));
    }

    static CpuBench open() {
        return new CpuBench(EngineOptions.defaults());
    }

    /** The same, driven by the test. */
    static CpuBench open(Scheduler scheduler, String... options) {
        return new CpuBench(options(options).withScheduler(scheduler));
    }

    /** With options as name, value, name, value. */
    static CpuBench open(String... options) {
        return new CpuBench(options(options));
    }

    private static EngineOptions options(String... options) {
        EngineOptions all = EngineOptions.defaults();
        for (int i = 0; i < options.length; i += 2) {
            all = all.with(options[i], options[i + 1]);
        }
        return all;
    }

    DmaChannel channel(Capability... wanted) {
        return engine.requestChannel(wanted);
    }

    MemorySegment memory(long bytes) {
        return arena.allocate(bytes);
    }

    MemorySegment memory(long bytes, int value) {
        return memory(bytes).fill((byte) value);
    }

    /** Bytes that differ from their neighbours, and between pages. */
    MemorySegment pattern(long bytes) {
        MemorySegment segment = memory(bytes);
        for (long i = 0; i < bytes; i++) {
            segment.set(ValueLayout.JAVA_BYTE, i, patternAt(i));
        }
        return segment;
    }

    static byte patternAt(long index) {
        return (byte) (index * 31 + (index >>> 12));
    }

    static Transfer issue(DmaChannel channel, Descriptor descriptor) {
        Transfer transfer = channel.submit(descriptor);
        channel.issuePending();
        return transfer;
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
        assertThat(faults).isEmpty();
    }
}
