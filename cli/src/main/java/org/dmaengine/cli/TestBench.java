package org.dmaengine.cli;

import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.Quiesced;
import org.dmaengine.Quiescence;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * What a trial works with.
 *
 * @param channel where it submits
 * @param arena where its buffers come from
 * @param random its own sequence
 * @param options how it shall work
 * @param tally what it counts into
 */
record TestBench(
        DmaChannel channel,
        DmaArena arena,
        SplittableRandom random,
        TestOptions options,
        TestTally tally) {

    /** The same with another sequence. */
    TestBench withRandom(SplittableRandom other) {
        return new TestBench(channel, arena, other, options, tally);
    }

    long alignBytes() {
        return options.alignBytes(channel.engine().description().copyAlignBytes());
    }

    /** A length for a transfer within so many bytes, as the options want it. */
    long lengthWithin(long bytes) {
        return lengthWithin(bytes, alignBytes());
    }

    private long lengthWithin(long bytes, long multipleOf) {
        long most = options.isRandom() ? random.nextLong(bytes) + 1 : bytes;
        long length = options.transferBytes() > 0 ? Math.min(options.transferBytes(), bytes) : most;
        return Math.max(multipleOf, length - length % multipleOf);
    }

    /** Memory for a transfer within a buffer, as the options want it. */
    Scatter scatter(MemorySegment buffer, int segmentsMax, long multipleOf) {
        long length = lengthWithin(buffer.byteSize(), multipleOf);
        return options.isRandom()
                ? Scatter.random(random, buffer, length, segmentsMax, multipleOf)
                : Scatter.of(buffer, 0, length);
    }

    /** An offset for so long a transfer. */
    long offsetFor(long length, long bytes) {
        long room = bytes - length;
        long offset = options.isRandom() && room > 0 ? random.nextLong(room + 1) : 0;
        return offset - offset % alignBytes();
    }

    /** Waits the way the options want it. */
    TransferResult await(Transfer transfer, long source, long target, long length) {
        if (options.isPolled()) {
            poll(transfer, source, target, length);
        }
        Quiescence answer = transfer.await(options.timeout());
        return switch (answer) {
            case Quiesced _ -> transfer.result().orElseThrow();
            // The buffers stay owned: this trial ends here and never touches them again (C11).
            case StillOwned _ -> throw new TestFailure("test timed out", source, target, length, 0);
        };
    }

    private void poll(Transfer transfer, long source, long target, long length) {
        long deadline = System.nanoTime() + options.timeout().toNanos();
        TransferState state = channel.state(transfer.cookie());
        while (state == TransferState.IN_PROGRESS || state == TransferState.PAUSED) {
            if (System.nanoTime() - deadline > 0) {
                throw new TestFailure("test timed out", source, target, length, 0);
            }
            Thread.onSpinWait();
            state = channel.state(transfer.cookie());
        }
    }

    void requireWhole(TransferResult result, long source, long target, long length) {
        if (!result.isWhole()) {
            throw new TestFailure("completion error status: " + result, source, target, length, 1);
        }
    }
}
