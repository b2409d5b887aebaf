package org.dmaengine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The interval between two terminations of a channel. It is quiet when every transfer handed to the
 * engine has ended and no callback of it is claimed: accounting, the same for all engines.
 *
 * <p>Guarded by the channel's lock.
 */
final class Generation {
    // Volatile: set under the lock, once; read by engines between two chunks without it.
    volatile boolean closed;

    // Transfers of this generation that the engine has taken and not ended.
    int onEngine;
    // A callback of this generation was claimed and has not returned.
    boolean callbackClaimed;
    // Whether the engine ever had anything of it that its synchronize must prove.
    boolean reachedEngine;
    // What was settled after it was closed.
    final List<Receipt.Entry> evidence = new ArrayList<>();
    // The number of the abort that was told because it was closed; 0 for none.
    int abortedBy;
    @Nullable Throwable abortError;

    boolean isQuiet() {
        return onEngine == 0 && !callbackClaimed;
    }

    /** Nothing of it was left when it was closed, so that nobody has to wait for it. */
    boolean isEmpty() {
        return isQuiet() && evidence.isEmpty();
    }
}
