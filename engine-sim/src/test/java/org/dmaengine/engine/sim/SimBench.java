package org.dmaengine.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.Flag;
import org.dmaengine.Outcome;
import org.dmaengine.Transfer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A simulated engine in virtual time, with one channel, and all that was seen of it. */
final class SimBench implements AutoCloseable, SimObserver {
    static final byte POISON = 0x5A;

    /**
     * 1 byte in 1 ns, in bursts of 1,000: a copy of n bytes takes n ns, 1,000 before, 500 behind.
     */
    static final SimModel MODEL = SimModel.defaults().withBandwidth(1_000, 1_000);

    final Simulation simulation;
    final SimEngine hardware;
    final DmaEngine engine;
    final DmaArena arena = DmaArena.open();
    final DmaChannel channel;
    final List<Fault> faults = new ArrayList<>();
    final List<SimFault> happened = new ArrayList<>();
    final List<String> touches = new ArrayList<>();
    final List<Long> ended = new ArrayList<>();
    private Class<? extends Throwable> expectedFailure;

    SimBench(SimModel model, FaultPlan plan) {
        this(1, model, plan);
    }

    SimBench(long seed, SimModel model, FaultPlan plan) {
        simulation = new Simulation(seed);
        simulation.stepsMax(1_000_000);
        hardware = new SimEngine(model, plan, this);
        engine =
                DmaEngines.open(
                        hardware,
                        EngineOptions.defaults().withScheduler(simulation).withFaults(faults::add));
        channel = channel("first");
    }

    DmaChannel channel(String name) {
        return engine.requestChannel(
                ChannelRequest.of(
                                Capability.MEMCPY,
                                Capability.MEMSET,
                                Capability.INTERRUPT,
                                Capability.PERIPHERAL,
                                Capability.CYCLIC,
                                Capability.INTERLEAVED,
                                Capability.PAUSE)
                        .withName(name));
    }

    /** Bytes that count up from 1. */
    MemorySegment source(long lengthBytes) {
        MemorySegment source = arena.allocate(lengthBytes);
        for (long i = 0; i < lengthBytes; i++) {
            source.set(ValueLayout.JAVA_BYTE, i, byteAt(i));
        }
        return source;
    }

    static byte byteAt(long offset) {
        return (byte) (offset % 89 + 1);
    }

    MemorySegment target(long lengthBytes) {
        return arena.allocate(lengthBytes).fill(POISON);
    }

    /** A copy of so many bytes that is submitted and issued. */
    Transfer copy(long lengthBytes) {
        return copy(channel, target(lengthBytes), lengthBytes);
    }

    Transfer copy(DmaChannel on, MemorySegment target, long lengthBytes) {
        Transfer transfer =
                on.submit(on.prepMemcpy(target, source(lengthBytes), Flag.INTERRUPT, Flag.ACK));
        on.issuePending();
        return transfer;
    }

    /** The first bytes are copied, and nothing behind them was written. */
    static void assertCopied(MemorySegment target, long bytes) {
        for (long i = 0; i < target.byteSize(); i++) {
            byte expected = i < bytes ? byteAt(i) : POISON;
            assertThat(target.get(ValueLayout.JAVA_BYTE, i)).as("byte %d", i).isEqualTo(expected);
        }
    }

    /** The test provokes this one. */
    void expectFailure(Class<? extends Throwable> type) {
        expectedFailure = type;
    }

    void advance(long nanos) {
        simulation.advance(nanos);
    }

    long now() {
        return simulation.nanoTime();
    }

    List<Fault.Kind> faultKinds() {
        return faults.stream().map(Fault::kind).toList();
    }

    @Override
    public void touching(
            String name,
            long ticket,
            MemorySegment memory,
            long offsetBytes,
            long lengthBytes,
            boolean written) {
        if (written) {
            touches.add(
                    "%s/%d %d+%d at %d".formatted(name, ticket, offsetBytes, lengthBytes, now()));
        }
    }

    @Override
    public void fault(String name, long ticket, SimFault fault) {
        happened.add(fault);
    }

    @Override
    public void ending(String name, long ticket, Outcome outcome, long bytes) {
        ended.add(ticket);
    }

    /** Heals, and closes all; whatever the test left is a failure. */
    @Override
    public void close() {
        hardware.heal();
        simulation.advance(Duration.ofMillis(1));
        engine.close();
        arena.close();
        simulation.close();
        if (expectedFailure == null) {
            assertThat(simulation.failure()).isEmpty();
        } else {
            assertThat(simulation.failure()).containsInstanceOf(expectedFailure);
        }
    }
}
