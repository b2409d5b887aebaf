package org.dmaengine;

import org.jspecify.annotations.Nullable;

/**
 * The engine can no longer prove the last touch of what it was handed; the channel is dead and the
 * memory is in {@link Quarantine} (C12).
 */
public final class EngineLostException extends DmaException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // Evidence for the process that saw it; not meant to travel.
    private final StillOwned evidence;

    EngineLostException(StillOwned evidence, @Nullable Throwable cause) {
        super(evidence.reason(), cause);
        this.evidence = evidence;
    }

    /** What is still owned by the engine, and the receipt of what is not. */
    public StillOwned evidence() {
        return evidence;
    }
}
