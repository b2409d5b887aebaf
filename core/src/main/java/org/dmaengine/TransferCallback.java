package org.dmaengine;

/**
 * Called once when a transfer has ended, unless it was terminated first (C3, C4). It runs on the
 * channel's runner or on the executor given when the channel was requested, one at a time, with no
 * lock held. It may prep, submit, issue, query, pause, resume and {@code terminateAsync}; waiting
 * in it is refused with {@link CallbackContextException} (C10).
 */
@FunctionalInterface
public interface TransferCallback {
    /** The transfer has ended; its buffers are free. */
    void onComplete(TransferResult result);
}
