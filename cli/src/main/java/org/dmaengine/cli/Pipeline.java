package org.dmaengine.cli;

import org.dmaengine.DmaChannel;
import org.dmaengine.EngineLostException;
import org.dmaengine.Outcome;
import org.dmaengine.StaleDescriptorException;
import org.dmaengine.TransferError;
import org.dmaengine.TransferResult;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Moves the bytes from one endpoint to the other, several blocks in flight: each block is read into
 * its buffer, and written as soon as it and all before it are read. Blocks are looked at in the
 * order of the file, so that what is written is always a prefix of it, plus what is in flight.
 *
 * <p>One thread runs it. A signal only terminates the channels; the transfer that is waited for
 * then ends ABORTED, or the flag is seen before the next wait: it is set before the termination and
 * looked at after each submit, so that one of the two always happens.
 */
final class Pipeline {
    /** Told of the progress, in the order of the file. */
    interface Listener {
        /** Whether {@link #read} must be told, and so the bytes must come to this process. */
        boolean wantsData();

        /** These bytes were read; they may be looked at, not changed. */
        void read(MemorySegment data);

        /** All up to here is handed to the target and done. */
        void written(long prefixBytes);
    }

    /**
     * How it ended. After all but DONE, the channels were terminated, and are quiet if they can.
     */
    enum End {
        DONE,
        INTERRUPTED,
        READ_FAILED,
        WRITE_FAILED,
        /** Nobody knows what became of what was in flight (C12): they need not be quiet either. */
        ENGINE_LOST
    }

    /**
     * @param end how it ended
     * @param prefixBytes how far the target is whole
     * @param error of the transfer that failed, if it told one
     */
    record Result(End end, long prefixBytes, Optional<TransferError> error) {}

    private final Lanes lanes;
    private final Interruption interruption;
    private final Endpoint source;
    private final Endpoint target;
    private final Listener listener;
    private final Deque<Block> reading = new ArrayDeque<>();
    private final Deque<Block> writing = new ArrayDeque<>();
    private final Set<DmaChannel> toIssue = new HashSet<>();
    private final int blockBytes;
    private long numberNext;
    private long offsetNext;
    private long endBytes;
    private long prefixBytes;

    Pipeline(
            Lanes lanes,
            Interruption interruption,
            Endpoint source,
            Endpoint target,
            Listener listener) {
        this.lanes = lanes;
        this.interruption = interruption;
        this.source = source;
        this.target = target;
        this.listener = listener;
        BlockSizes sizes = lanes.sizes();
        this.blockBytes =
                source.isDirect() || target.isDirect() ? sizes.directBytes() : sizes.cachedBytes();
    }

    /**
     * Moves the bytes of the source from one offset to another, or to where it ends.
     *
     * @param untilBytes {@link Long#MAX_VALUE} where nobody knows the end
     */
    Result run(long fromBytes, long untilBytes) {
        offsetNext = fromBytes;
        prefixBytes = fromBytes;
        endBytes = untilBytes;
        try {
            return move();
        } catch (StaleDescriptorException terminated) {
            // The termination came between prep and submit (C15).
            return stop(End.INTERRUPTED, Optional.empty());
        } catch (EngineLostException lost) {
            return interruption.isRequested()
                    ? stop(End.INTERRUPTED, Optional.empty())
                    : stop(End.ENGINE_LOST, Optional.of(errorOf(lost)));
        }
    }

    private static TransferError errorOf(EngineLostException lost) {
        return TransferError.of(0, lost.getMessage() + "; choose another one with --engine");
    }

    private Result move() {
        while (true) {
            submitReads();
            issue();
            if (interruption.isRequested()) {
                return stop(End.INTERRUPTED, Optional.empty());
            }
            if (!reading.isEmpty()) {
                Block block = reading.getFirst();
                TransferResult read = block.awaitRead();
                if (read.outcome() != Outcome.COMPLETE) {
                    return stop(endOf(read), read.error());
                }
                reading.removeFirst();
                accept(block, read.bytes());
                issue();
            } else if (writing.isEmpty()) {
                return new Result(End.DONE, prefixBytes, Optional.empty());
            }
            Optional<TransferResult> failure = reap();
            if (failure.isPresent()) {
                return stop(endOf(failure.get()), failure.get().error());
            }
        }
    }

    private void submitReads() {
        while (lanes.hasFree() && offsetNext < endBytes) {
            if (!isLengthKnown() && lanes.limit().isSet() && !reading.isEmpty()) {
                // What comes is counted first, and whoever waits for it is not kept waiting.
                return;
            }
            long length = Math.min(blockBytes, endBytes - offsetNext);
            long restNanos = lanes.limit().restNanos(isLengthKnown() ? length : 0);
            if (restNanos > 0) {
                // What is submitted must not wait for the rest.
                issue();
                interruption.rest(restNanos);
                if (interruption.isRequested()) {
                    return;
                }
            }
            Block block = lanes.take();
            block.begin(numberNext, offsetNext, length);
            DmaChannel channel = lanes.reader(numberNext, source.isPositioned());
            // In the list before the submit: a termination between the two must find it.
            reading.addLast(block);
            block.reading(
                    channel.submit(
                            channel.prepPeripheralSg(
                                    source.read(offsetNext, length), List.of(block.data()))));
            toIssue.add(channel);
            numberNext++;
            offsetNext += length;
        }
    }

    /** Of a stream nobody knows how much will come. */
    private boolean isLengthKnown() {
        return source.isPositioned();
    }

    private void accept(Block block, long gotBytes) {
        if (!isLengthKnown()) {
            lanes.limit().count(gotBytes);
        }
        if (gotBytes < block.lengthBytes()) {
            // The source ends here; reads beyond find nothing.
            endBytes = Math.min(endBytes, block.offsetBytes() + gotBytes);
            block.shorten(gotBytes);
        }
        if (gotBytes == 0 || block.offsetBytes() >= endBytes) {
            lanes.giveBack(block);
            return;
        }
        writing.addLast(block);
        write(block);
        listener.read(block.data());
    }

    private void write(Block block) {
        DmaChannel channel = lanes.writer(block.number(), target.isPositioned());
        toIssue.add(channel);
        if (target.sparse()) {
            DataRuns.find(block.data(), (from, length) -> write(channel, block, from, length));
        } else {
            write(channel, block, 0, block.lengthBytes());
        }
        block.submitted();
    }

    private void write(DmaChannel channel, Block block, long from, long lengthBytes) {
        long length = target.padded() ? block.padded(from, lengthBytes) : lengthBytes;
        block.writing(
                channel.submit(
                        channel.prepPeripheralSg(
                                target.write(block.offsetBytes() + from),
                                List.of(block.memory().asSlice(from, length)))));
    }

    private void issue() {
        toIssue.forEach(DmaChannel::issuePending);
        toIssue.clear();
    }

    /** Takes back what is written; waits for the oldest if there is nothing else to do. */
    private Optional<TransferResult> reap() {
        while (!writing.isEmpty()) {
            Block block = writing.getFirst();
            // Nothing can be read, or nothing is left to be: then writing is all there is.
            boolean mustWait = reading.isEmpty() && (!lanes.hasFree() || offsetNext >= endBytes);
            if (!mustWait && !block.isWritten()) {
                return Optional.empty();
            }
            if (interruption.isRequested()) {
                // Seen at the top of the loop, before any wait.
                return Optional.empty();
            }
            Optional<TransferResult> failure = block.awaitWritesAndFindFailure();
            if (failure.isPresent()) {
                return failure;
            }
            writing.removeFirst();
            prefixBytes = block.endBytes();
            lanes.giveBack(block);
            listener.written(prefixBytes);
        }
        return Optional.empty();
    }

    private static End endOf(TransferResult result) {
        return switch (result.outcome()) {
            case ABORTED -> End.INTERRUPTED;
            case READ_FAILED -> End.READ_FAILED;
            // A write that "completes" with a residue has found a target that takes no more.
            case WRITE_FAILED, COMPLETE -> End.WRITE_FAILED;
        };
    }

    private Result stop(End end, Optional<TransferError> error) {
        lanes.terminateSync();
        if (!lanes.isQuiesced()) {
            // The blocks stay owned by their transfers: neither counted nor given back (C12).
            return new Result(end, prefixBytes, error);
        }
        while (!writing.isEmpty() && writing.getFirst().isWholeOnTarget()) {
            Block block = writing.removeFirst();
            prefixBytes = block.endBytes();
            lanes.giveBack(block);
        }
        writing.forEach(lanes::giveBack);
        reading.forEach(lanes::giveBack);
        writing.clear();
        reading.clear();
        return new Result(end, prefixBytes, error);
    }
}
