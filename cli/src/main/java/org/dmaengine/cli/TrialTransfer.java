package org.dmaengine.cli;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.StaleDescriptorException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One transfer of a {@link Round}: what it is to move, and what is known of it. */
final class TrialTransfer {
    private final Piece piece;
    private final Batch batch;
    // Counted by the callback, read by the test.
    private final AtomicInteger callbacks = new AtomicInteger();
    private @Nullable Transfer transfer;
    // Volatile: set by the test, read by a callback that should not be there.
    private volatile boolean free;

    TrialTransfer(Piece piece, Batch batch) {
        this.piece = piece;
        this.batch = batch;
    }

    /** False if the channel was terminated since the descriptor was prepared (C15). */
    boolean submit(DmaChannel channel, Runnable inCallback) {
        Descriptor descriptor = piece.prep(channel);
        descriptor.onComplete(result -> {
            // Thrown here it becomes a fault of the engine, which the command counts.
            if (free) {
                throw failure("its callback ran after the receipt (C4)");
            }
            callbacks.incrementAndGet();
            inCallback.run();
        });
        try {
            transfer = channel.submit(descriptor);
            piece.submitted(transfer);
            return true;
        } catch (StaleDescriptorException terminated) {
            return false;
        }
    }

    /** Its handle; empty if the termination came before it. */
    Optional<Transfer> transfer() {
        return Optional.ofNullable(transfer);
    }

    /** Its outcome, which it must have by now. */
    TransferResult result() {
        return transfer()
                .flatMap(Transfer::result)
                .orElseThrow(() -> failure("has no outcome after the receipt (C5)"));
    }

    /** Holds the outcome against the data. In the order of submission. */
    void check(boolean isVerified) {
        long bytes = 0;
        if (transfer != null) {
            TransferResult result = result();
            bytes = result.bytes();
            if (bytes + result.residueBytes() != piece.lengthBytes()) {
                throw failure("bytes and residue are not its length (C2): " + result);
            }
            require("outcome error: ", piece.checkOutcome(result));
        }
        if (isVerified) {
            require("data error: ", piece.checkData(bytes));
        }
    }

    private void require(String what, Optional<String> wrong) {
        if (wrong.isPresent()) {
            throw failure(what + wrong.get());
        }
    }

    void requireNotAborted() {
        if (result().outcome() == Outcome.ABORTED) {
            throw failure("was aborted, and nobody terminated its channel (C5)");
        }
    }

    /** It has ended by itself, and the channel was drained. */
    void requireCalledBack() {
        if (callbacks.get() != 1) {
            throw failure("its callback ran " + callbacks.get() + " times (C3)");
        }
    }

    /** From here on nothing of it may happen any more. */
    void freed() {
        free = true;
        if (callbacks.get() > 1) {
            throw failure("its callback ran " + callbacks.get() + " times (C3)");
        }
    }

    int callbacks() {
        return callbacks.get();
    }

    Piece piece() {
        return piece;
    }

    Batch batch() {
        return batch;
    }

    TestFailure failure(String text) {
        return new TestFailure(
                this + ": " + text, piece.from(), piece.to(), piece.lengthBytes(), 1);
    }

    @Override
    public String toString() {
        return transfer == null ? "a transfer that was not submitted" : transfer.toString();
    }
}
