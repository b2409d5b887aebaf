package org.dmaengine.bench;

import org.dmaengine.TransferState;

/** How copies of ours may end. */
public final class CopyEnd {
    private CopyEnd() {}

    /**
     * Whether it is over. Most often asked of one that is.
     *
     * @throws IllegalStateException if it is, and not whole
     */
    public static boolean isComplete(TransferState state) {
        if (state == TransferState.COMPLETE) {
            return true;
        }
        if (state == TransferState.IN_PROGRESS || state == TransferState.PAUSED) {
            return false;
        }
        throw new IllegalStateException("a copy ended as " + state);
    }
}
