package org.dmaengine.cli;

import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One piece on its way from source to target, with its buffer. Used by one thread. */
final class Block {
    private final MemorySegment memory;
    private final List<Transfer> writes = new ArrayList<>();
    private @Nullable Transfer read;
    private long number;
    private long offsetBytes;
    private long lengthBytes;
    private boolean submitted;

    Block(MemorySegment memory) {
        this.memory = memory;
    }

    /** Takes its place in the file. */
    void begin(long newNumber, long newOffsetBytes, long newLengthBytes) {
        number = newNumber;
        offsetBytes = newOffsetBytes;
        lengthBytes = newLengthBytes;
    }

    void reading(Transfer transfer) {
        read = transfer;
    }

    void writing(Transfer transfer) {
        writes.add(transfer);
    }

    /** All its writes are submitted: a termination may come between two of them. */
    void submitted() {
        submitted = true;
    }

    /** The source gave less than was asked. */
    void shorten(long newLengthBytes) {
        lengthBytes = newLengthBytes;
    }

    /**
     * Fills what is behind a part of it up to a whole {@link DirectIo} unit; answers the length.
     */
    long padded(long from, long length) {
        long whole = DirectIo.roundedUp(length);
        memory.asSlice(from + length, whole - length).fill((byte) 0);
        return whole;
    }

    void clear() {
        read = null;
        submitted = false;
        writes.clear();
    }

    MemorySegment memory() {
        return memory;
    }

    /** What was read, or is to be. */
    MemorySegment data() {
        return memory.asSlice(0, lengthBytes);
    }

    long number() {
        return number;
    }

    long offsetBytes() {
        return offsetBytes;
    }

    long lengthBytes() {
        return lengthBytes;
    }

    long endBytes() {
        return offsetBytes + lengthBytes;
    }

    TransferResult awaitRead() {
        Transfer transfer = read;
        assert transfer != null : "block " + number + " has no read";
        return transfer.await();
    }

    /** True if waiting for its writes would not wait. */
    boolean isWritten() {
        return writes.stream().allMatch(transfer -> transfer.result().isPresent());
    }

    /** Waits for all its writes; the first that is not whole, if there is one. */
    Optional<TransferResult> awaitWritesAndFindFailure() {
        Optional<TransferResult> failure = Optional.empty();
        for (Transfer transfer : writes) {
            TransferResult result = transfer.await();
            if (failure.isEmpty() && !result.isWhole()) {
                failure = Optional.of(result);
            }
        }
        return failure;
    }

    /** After a termination: true if every byte of it reached the target. */
    boolean isWholeOnTarget() {
        return submitted
                && writes.stream()
                        .map(Transfer::result)
                        .allMatch(r -> r.isPresent() && r.get().isWhole());
    }
}
