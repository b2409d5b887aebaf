package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.Flag;
import org.dmaengine.OperationKind;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Termination;
import org.dmaengine.Transfer;
import org.dmaengine.TransferCallback;
import org.dmaengine.TransferState;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.List;
import java.util.function.LongFunction;

/**
 * A transfer that is on the engine and stays there: a read from a pipe that nobody fills, or, on
 * engines without streams, a long copy on the slowed engine, which then ends by itself.
 */
public final class HeldTransfer implements AutoCloseable {
    /** What a pipe takes without anybody reading. */
    public static final long STREAM_BYTES = 32 << 10;

    private static final int START_TRIES = 20;
    private static final long PAGE_BYTES = 4096;
    private static final Flag[] INTERRUPTING_FENCE = {Flag.INTERRUPT, Flag.ACK, Flag.FENCE};

    private final TestBench bench;
    private final DmaChannel channel;
    private final MemorySegment target;
    private final Transfer transfer;
    private final OperationKind kind;
    private final Pipe.@Nullable SinkChannel sink;
    private long fedBytes;

    private HeldTransfer(
            TestBench bench,
            DmaChannel channel,
            MemorySegment target,
            Transfer transfer,
            OperationKind kind,
            Pipe.@Nullable SinkChannel sink) {
        this.bench = bench;
        this.channel = channel;
        this.target = target;
        this.transfer = transfer;
        this.kind = kind;
        this.sink = sink;
    }

    /** One on a channel of its own. */
    public static HeldTransfer open(TestBench bench) {
        return open(bench, result -> {});
    }

    /** The same with a callback. */
    public static HeldTransfer open(TestBench bench, TransferCallback callback) {
        bench.slow();
        return open(bench, bench.channel(), callback);
    }

    /** One into memory of this arena, on a channel of its own. */
    public static HeldTransfer openIn(TestBench bench, DmaArena arena) {
        bench.slow();
        LongFunction<MemorySegment> memory = lengthBytes -> arena.allocate(lengthBytes, PAGE_BYTES);
        return open(bench, bench.channel(), memory, result -> {}, Flag.INTERRUPT, Flag.ACK);
    }

    /** One that those behind it do not pass, on engines that complete out of order either. */
    public static HeldTransfer openFenced(TestBench bench, TransferCallback callback) {
        bench.slow();
        DmaChannel channel = bench.channel();
        // In order, the engine may take what is behind it: so it is to be tested too.
        return bench.can(Capability.COMPLETION_NO_ORDER)
                ? open(bench, channel, bench::target, callback, INTERRUPTING_FENCE)
                : open(bench, channel, callback);
    }

    /** One on this channel, which must be idle. */
    public static HeldTransfer open(
            TestBench bench, DmaChannel channel, TransferCallback callback) {
        return open(bench, channel, bench::target, callback, Flag.INTERRUPT, Flag.ACK);
    }

    private static HeldTransfer open(
            TestBench bench,
            DmaChannel channel,
            LongFunction<MemorySegment> memory,
            TransferCallback callback,
            Flag... flags) {
        HeldTransfer held =
                bench.can(Capability.PERIPHERAL) && bench.row(OperationKind.STREAM) != null
                        ? stream(bench, channel, memory, callback, flags)
                        : copy(bench, channel, memory, callback, flags);
        bench.closing(held);
        return held;
    }

    private static HeldTransfer stream(
            TestBench bench,
            DmaChannel channel,
            LongFunction<MemorySegment> memory,
            TransferCallback callback,
            Flag... flags) {
        try {
            Pipe pipe = Pipe.open();
            bench.closing(pipe.source());
            MemorySegment target = memory.apply(STREAM_BYTES);
            PeripheralConfig config =
                    PeripheralConfig.read(new Peripheral.Stream(pipe.source())).withBurst(0);
            Descriptor descriptor =
                    channel.prepPeripheralSg(config, List.of(target), flags).onComplete(callback);
            Transfer transfer = channel.submit(descriptor);
            bench.waits().runWithin("issuePending() of a blocked read", channel::issuePending);
            HeldTransfer held =
                    new HeldTransfer(
                            bench, channel, target, transfer, OperationKind.STREAM, pipe.sink());
            bench.waits().eventually(transfer + " to be on the engine", held::isHeld);
            return held;
        } catch (IOException noPipe) {
            throw new UncheckedIOException(noPipe);
        }
    }

    private static HeldTransfer copy(
            TestBench bench,
            DmaChannel channel,
            LongFunction<MemorySegment> memory,
            TransferCallback callback,
            Flag... flags) {
        bench.assumeCopies();
        MemorySegment source = bench.source(bench.longCopyBytes());
        for (int i = 0; i < START_TRIES; i++) {
            MemorySegment target = memory.apply(source.byteSize());
            Transfer transfer =
                    channel.submit(
                            bench.prepCopy(channel, target, source, flags).onComplete(callback));
            channel.issuePending();
            HeldTransfer held =
                    new HeldTransfer(bench, channel, target, transfer, bench.copyKind(), null);
            bench.waits()
                    .eventually(
                            transfer + " to be on the engine or over",
                            () -> held.isHeld() || transfer.result().isPresent());
            if (held.isHeld()) {
                return held;
            }
        }
        assumeTrue(false, "too fast to be held; give the suite slowOptions");
        throw new AssertionError("assumed above");
    }

    /** The channel it is on. */
    public DmaChannel channel() {
        return channel;
    }

    /** The transfer. */
    public Transfer transfer() {
        return transfer;
    }

    /** What it writes. */
    public MemorySegment target() {
        return target;
    }

    /** The row of the honesty table it falls under. */
    public OperationKind kind() {
        return kind;
    }

    /** True while the engine has it. */
    public boolean isHeld() {
        return transfer.result().isEmpty()
                && channel.status(transfer.cookie()).inFlightBytes() > 0
                && channel.state(transfer.cookie()) != TransferState.UNKNOWN;
    }

    /** Skips the test if it has ended by itself: then nothing was shown. */
    public void assumeStillHeld() {
        assumeTrue(isHeld(), "the transfer ended too early to be held");
    }

    /** True if the test decides how far it comes. */
    public boolean isControlled() {
        return sink != null;
    }

    /** Skips the test if it does not: the copy of an engine without pipes cannot be held. */
    public void assumeControlled() {
        assumeTrue(isControlled(), "needs a pipe to hold a transfer half-way");
    }

    /** True if the engine says that it can stop it at once. */
    public boolean stopsWhenAborted() {
        Termination row = bench.assumeRow(kind);
        return row.effect() == AbortEffect.AT_ONCE
                || (row.effect() == AbortEffect.CHUNK_BOUNDARY && sink == null);
    }

    /** Gives it so many bytes, and waits until the engine has moved them. */
    public void feed(long bytes) {
        Pipe.SinkChannel open = sink;
        assumeTrue(open != null, "needs a pipe to hold a transfer half-way");
        if (open != null && bytes > 0) {
            write(open, bytes);
            long expected = fedBytes;
            bench.waits()
                    .eventually(
                            expected + " bytes of " + transfer + " to arrive",
                            () ->
                                    transfer.result().isPresent()
                                            || DmaPattern.copied(expected - 1)
                                                    == target.get(
                                                            java.lang.foreign.ValueLayout.JAVA_BYTE,
                                                            expected - 1));
        }
    }

    /** What the pipe was given. */
    public long fedBytes() {
        return fedBytes;
    }

    /** After a termination: lets it go on where the engine cannot stop it. */
    public void letStop() {
        if (!stopsWhenAborted()) {
            release();
        }
    }

    /** Lets it run to its end. */
    public void release() {
        Pipe.SinkChannel open = sink;
        if (open != null && open.isOpen()) {
            write(open, STREAM_BYTES - fedBytes);
        }
    }

    private void write(Pipe.SinkChannel open, long bytes) {
        ByteBuffer buffer = ByteBuffer.allocate((int) bytes);
        while (buffer.hasRemaining()) {
            buffer.put(DmaPattern.copied(fedBytes++));
        }
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                open.write(buffer);
            }
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    /** Lets it end, if it is still there, and closes the pipe. */
    @Override
    public void close() throws IOException {
        if (sink == null) {
            return;
        }
        if (transfer.result().isEmpty()) {
            channel.terminateAsync();
            release();
            bench.waits().becomes(() -> transfer.result().isPresent());
        }
        sink.close();
    }
}
