package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.spi.ChannelQueue;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A fake kernel, an engine on it, memory and files for one test. Its close closes all of them, and
 * fails if the engine did what must not be done to a kernel, or left something open.
 */
final class FakeBench implements AutoCloseable {
    /** How long anything that must happen may take. */
    static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final FakeKernel kernel = new FakeKernel();
    private final UringOptions options;
    private final DmaArena arena = DmaArena.open();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final List<Channel> files = new ArrayList<>();
    private final List<FakeQueue> queues = new CopyOnWriteArrayList<>();
    private @Nullable DmaEngine engine;
    private boolean lossExpected;

    FakeBench(UringOptions options) {
        this.options = options;
    }

    FakeKernel kernel() {
        return kernel;
    }

    FakeFaults faults() {
        return kernel.faults();
    }

    /** What reaches the kernel from now on of transfers, and of looks for readiness. */
    List<Integer> recordOperations() {
        List<Integer> operations = new CopyOnWriteArrayList<>();
        faults().onEntry(each -> {
            if (each.isTransfer() || each.isPoll()) {
                operations.add(each.operation());
            }
            return Fate.RUN;
        });
        return operations;
    }

    /** Opened by the first call. */
    DmaEngine engine() {
        DmaEngine opened = engine;
        if (opened == null) {
            EngineOptions settings = EngineOptions.defaults().withFaults(faults::add);
            opened = DmaEngines.open(new FakeEngine(kernel, options, this::queue), settings);
            engine = opened;
        }
        return opened;
    }

    /** In the order in which the channels were opened. */
    List<FakeQueue> queues() {
        return queues;
    }

    private ChannelQueue queue(ChannelQueue real) {
        FakeQueue queue = new FakeQueue(real);
        queues.add(queue);
        return queue;
    }

    DmaChannel channel() {
        Set<Capability> all = engine().description().capabilities();
        return engine().requestChannel(all.toArray(Capability[]::new));
    }

    /** The engine is lost in this test: it keeps its ring and what it holds. */
    void expectLoss() {
        lossExpected = true;
    }

    // ---- Files

    /** A file of so many bytes that differ. */
    FakeFileChannel file(int lengthBytes) {
        return file(new FakeRegularFile(bytes(lengthBytes)));
    }

    FakeFileChannel file(FakeRegularFile file) {
        FakeFileChannel channel = new FakeFileChannel(kernel, file);
        files.add(channel);
        return channel;
    }

    FakeStreamChannel stream(FakeFile end) {
        FakeStreamChannel channel = new FakeStreamChannel(kernel, end);
        files.add(channel);
        return channel;
    }

    /** Always the same so many bytes. */
    static byte[] bytes(int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        new Random(lengthBytes).nextBytes(bytes);
        return bytes;
    }

    // ---- Memory

    MemorySegment memory(long lengthBytes) {
        return arena.allocate(lengthBytes);
    }

    MemorySegment memory(byte[] bytes) {
        MemorySegment memory = arena.allocate(bytes.length);
        memory.copyFrom(MemorySegment.ofArray(bytes));
        return memory;
    }

    static byte[] bytes(MemorySegment memory) {
        return memory.toArray(ValueLayout.JAVA_BYTE);
    }

    DmaArena arena() {
        return arena;
    }

    // ---- Transfers

    static Transfer read(DmaChannel channel, Channel from, long offset, MemorySegment... to) {
        return start(channel, PeripheralConfig.read(Peripheral.of(from)).atOffset(offset), to);
    }

    static Transfer write(DmaChannel channel, Channel to, long offset, MemorySegment... from) {
        return start(channel, PeripheralConfig.write(Peripheral.of(to)).atOffset(offset), from);
    }

    static Transfer start(DmaChannel channel, PeripheralConfig config, MemorySegment... segments) {
        Transfer transfer = channel.submit(channel.prepPeripheralSg(config, List.of(segments)));
        channel.issuePending();
        return transfer;
    }

    /** The outcome, which must come in time. */
    TransferResult outcome(Transfer transfer) {
        assertThat(transfer.await(java.time.Duration.ofNanos(DEADLINE_NANOS)).isQuiesced())
                .as("%s has an outcome; in the kernel: %s", transfer, kernel.flight().entries())
                .isTrue();
        return transfer.await();
    }

    static void put(FakeStreamChannel into, byte[] bytes) {
        assertThat(into.write(ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
    }

    /**
     * Lets the worker see all that the kernel has told so far: it hears what is over in the order
     * in which it was told, and this is told last.
     */
    void round() {
        try (DmaChannel channel = channel()) {
            Transfer last = channel.submit(channel.prepInterrupt());
            channel.issuePending();
            outcome(last);
        }
    }

    // ---- Waits

    /** The first entry of a kind that is in the kernel; it must come in time. */
    FakeEntry entry(Predicate<FakeEntry> kind) {
        return entries(1, kind).getFirst();
    }

    /** So many of them. */
    List<FakeEntry> entries(int count, Predicate<FakeEntry> kind) {
        eventually(() -> entriesNow(kind).size() >= count);
        return entriesNow(kind);
    }

    List<FakeEntry> entriesNow(Predicate<FakeEntry> kind) {
        return kernel.flight().entries().stream().filter(kind).toList();
    }

    /** Waits for something that depends on what the kernel does. */
    void eventually(BooleanSupplier condition) {
        assertThat(kernel.lock().await(condition, DEADLINE_NANOS))
                .as("it happens; in the kernel: %s", kernel.flight().entries())
                .isTrue();
    }

    /**
     * Does what the one worker shall see all at once: it sleeps in the kernel, and cannot wake
     * before the call is over.
     */
    void whileAsleep(Runnable call) {
        assertThat(kernel.lock().lockedWhen(() -> kernel.sleepers() > 0, DEADLINE_NANOS, call))
                .as("the worker sleeps; in the kernel: %s", kernel.flight().entries())
                .isTrue();
    }

    /** Calls on a thread of its own, so that what hangs fails, and does not hang the test. */
    void within(String what, Runnable call) {
        FutureTask<Void> task = new FutureTask<>(call, null);
        Thread.ofPlatform().name(what).daemon(true).start(task);
        try {
            task.get(DEADLINE_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException hangs) {
            throw new AssertionError(
                    what + " hangs; in the kernel: " + kernel.flight().entries(), hangs);
        } catch (ExecutionException thrown) {
            if (thrown.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(what + " failed", thrown.getCause());
        } catch (InterruptedException interrupted) {
            throw new AssertionError(what + " was interrupted", interrupted);
        }
    }

    /** The faults that were reported of a kind. */
    List<Fault> faults(Fault.Kind kind) {
        return faults.stream().filter(each -> each.kind() == kind).toList();
    }

    @Override
    public void close() {
        DmaEngine opened = engine;
        if (lossExpected) {
            return;
        }
        if (opened != null) {
            within("closing the engine", opened::close);
        }
        for (Channel each : files) {
            close(each);
        }
        arena.close();
        assertThat(faults).isEmpty();
        assertThat(kernel.misdeeds()).isEmpty();
        assertThat(kernel.flight().entries()).isEmpty();
        assertThat(kernel.descriptorCount()).as("open descriptors").isZero();
        assertThat(kernel.mappingCount()).as("mapped parts of rings").isZero();
        kernel.close();
    }

    static void close(Channel channel) {
        try {
            channel.close();
        } catch (java.io.IOException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
