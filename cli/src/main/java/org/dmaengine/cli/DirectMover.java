package org.dmaengine.cli;

import org.dmaengine.TransferError;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Moves on the thread that asks for it, a block at a time. Between two files in the page cache that
 * is quickest: what is written was read a moment ago by the same processor, and nothing is handed
 * to another thread. Large files are copied inside the kernel, if it can. When it returns, nothing
 * is under way.
 *
 * <p>What is quicker otherwise is left to another mover, and so is a stream: it may keep its reader
 * waiting for ever, and that mover can be stopped.
 */
final class DirectMover implements Mover {
    private final Interruption interruption;
    private final RateLimit limit;
    private final ByteBuffer buffer;
    private final MemorySegment memory;
    private final Mover other;
    private final Predicate<OpenSource> isForOther;

    /**
     * @param isForOther what is left to the other mover, beside streams
     */
    DirectMover(
            Interruption interruption,
            RateLimit limit,
            int blockBytes,
            Mover other,
            Predicate<OpenSource> isForOther) {
        this.interruption = interruption;
        this.limit = limit;
        this.buffer = buffer(blockBytes);
        this.memory = MemorySegment.ofBuffer(buffer);
        this.other = other;
        this.isForOther = source -> !source.isResumable() || isForOther.test(source);
    }

    private static ByteBuffer buffer(int bytes) {
        try {
            return ByteBuffer.allocateDirect(bytes);
        } catch (OutOfMemoryError none) {
            throw Lanes.noMemory(1, bytes, none);
        }
    }

    @Override
    public Pipeline.Result move(
            OpenSource source, TargetFile target, long fromBytes, Pipeline.Listener listener) {
        if (isForOther.test(source)) {
            return other.move(source, target, fromBytes, listener);
        }
        boolean inKernel = !listener.wantsData() && KernelCopy.suits(source);
        long at = fromBytes;
        while (at < source.sizeBytes()) {
            int blockBytes = inKernel ? KernelCopy.STEP_BYTES : buffer.capacity();
            int wanted = (int) Math.min(blockBytes, source.sizeBytes() - at);
            long restNanos = limit.restNanos(wanted);
            if (restNanos > 0) {
                interruption.rest(restNanos);
            }
            if (interruption.isRequested()) {
                return new Pipeline.Result(Pipeline.End.INTERRUPTED, at, Optional.empty());
            }
            if (inKernel) {
                long copied = KernelCopy.copy(source.file(), target.channel(), at, wanted);
                limit.count(copied - wanted);
                at += copied;
                listener.written(at);
                // What it cannot do is done by the calls below, or they tell why not.
                inKernel = copied > 0;
                continue;
            }
            int got;
            try {
                got = read(source.file(), at, wanted);
            } catch (IOException problem) {
                return failed(Pipeline.End.READ_FAILED, at, problem);
            }
            if (got == 0) {
                // It has become shorter, which whoever compares its sizes will tell.
                break;
            }
            MemorySegment data = memory.asSlice(0, got);
            try {
                write(target.channel(), at, data);
            } catch (IOException problem) {
                return failed(Pipeline.End.WRITE_FAILED, at, problem);
            }
            listener.read(data);
            at += got;
            listener.written(at);
        }
        return new Pipeline.Result(Pipeline.End.DONE, at, Optional.empty());
    }

    /** As much as was asked for, or until the file ends. */
    private int read(FileChannel source, long at, int lengthBytes) throws IOException {
        buffer.clear().limit(lengthBytes);
        while (buffer.hasRemaining() && source.read(buffer, at + buffer.position()) >= 0) {
            // Once more: a call may read less than there is.
        }
        return buffer.position();
    }

    private void write(FileChannel target, long at, MemorySegment data) throws IOException {
        DataRuns.find(
                data,
                (from, length) -> {
                    buffer.limit((int) (from + length)).position((int) from);
                    while (buffer.hasRemaining()) {
                        target.write(buffer, at + buffer.position());
                    }
                });
    }

    private static Pipeline.Result failed(Pipeline.End end, long at, IOException problem) {
        return new Pipeline.Result(end, at, Optional.of(TransferError.of(problem)));
    }

    /** One block at a time would wait for the disk each time. */
    @Override
    public boolean writesWholeUnits(OpenSource source) {
        return isForOther.test(source) && other.writesWholeUnits(source);
    }

    @Override
    public boolean isQuiesced() {
        return other.isQuiesced();
    }
}
