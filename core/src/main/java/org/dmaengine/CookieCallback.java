package org.dmaengine;

/**
 * {@link TransferCallback} for {@link DmaChannel#tryMemcpy} and {@link DmaChannel#tryPeripheral}:
 * the same promise, without an object per transfer.
 */
@FunctionalInterface
public interface CookieCallback {
    /**
     * The transfer has ended; its buffers are free.
     *
     * @param cookie what submitted it returned
     * @param outcome how it ended
     * @param bytes bytes moved
     */
    void onComplete(long cookie, Outcome outcome, long bytes);
}
