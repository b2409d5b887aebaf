package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Validate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The handle of one transfer: whoever waits for its outcome, or asked for a future, gets it. */
public final class TransferSpec {
    private static final TransferResult RESULT =
            new TransferResult(1, Outcome.COMPLETE, 8, 0, Optional.empty());

    private final Transfer transfer = new Transfer(null, new ParkingLot());

    // Guarded by this.
    private final List<CompletableFuture<TransferResult>> futures = new ArrayList<>();

    public void await() {
        ChannelSpec.require(transfer.await().equals(RESULT), "another outcome");
    }

    public void toFuture() {
        CompletableFuture<TransferResult> future = transfer.toFuture();
        synchronized (this) {
            futures.add(future);
        }
    }

    /** As {@code Endings.publish} and {@code BottomHalf.run}. */
    public void publish() {
        if (transfer.publish(RESULT)) {
            transfer.completeFutures(Runnable::run);
        }
    }

    @Validate
    public void validate() {
        for (CompletableFuture<TransferResult> future : futures) {
            ChannelSpec.require(future.isDone(), "a future without an end (C5)");
        }
    }
}
