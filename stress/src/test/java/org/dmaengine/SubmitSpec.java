package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Operation;

/**
 * The way of a transfer through the whole channel, with what each call returns: it must look like
 * {@link TransferRingSpec.Model}, one call after the other.
 */
public final class SubmitSpec {
    private final HeldEngine engine = new HeldEngine();
    private final VirtualChannel channel =
            engine.request(2, new ParkingLot(), fault -> {}, Runnable::run);

    /** The cookie, or 0 if the queue is full. */
    @Operation
    public long submit() {
        return channel.trySubmit(channel.prepInterrupt());
    }

    @Operation
    public void issue() {
        channel.issuePending();
    }

    /** The ticket, or 0 if there is nothing to start. */
    @Operation
    public long take() {
        return engine.take();
    }

    /**
     * The ticket of the oldest on the engine, or 0 if there is none. By one thread: another would
     * hear that there is none while the core has not heard of the end of the last one yet.
     */
    @Operation(nonParallelGroup = "end")
    public long end() {
        return engine.end(Outcome.COMPLETE);
    }

    /** The first cookie that is not over. */
    @Operation
    public long head() {
        long cookie = 1;
        while (channel.state(cookie) == TransferState.COMPLETE) {
            cookie++;
        }
        return cookie;
    }
}
