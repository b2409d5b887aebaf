package org.dmaengine.engine.sim;

import org.dmaengine.AbortEffect;
import org.dmaengine.OperationKind;

/** What a simulated controller does when it is told to stop; each is declared honestly (P6). */
public enum StopModel {
    /** What runs ends inside the abort call itself. */
    AT_ONCE(AbortEffect.AT_ONCE),
    /** What runs moves its next burst and ends with it; what waits for its peripheral ends now. */
    AT_BURST(AbortEffect.CHUNK_BOUNDARY),
    /** What runs goes on to its end; only what has not begun is withdrawn. */
    AT_DESCRIPTOR_END(AbortEffect.QUEUED_ONLY),
    /**
     * The stop is acknowledged {@link SimModel#stopNanos} later, through the completion path of any
     * transfer; until then bytes move on (scenario R16).
     */
    ACKNOWLEDGED(AbortEffect.AT_ONCE),
    /** Nothing is stopped and nothing withdrawn, except what is cyclic. */
    DRAIN_ONLY(AbortEffect.DRAIN_ONLY),
    /** The same, and the abort call throws (scenario R34). */
    REFUSES(AbortEffect.DRAIN_ONLY),
    /**
     * What runs when the stop comes never ends: it writes its last burst again and again, at longer
     * and longer intervals, until the controller is {@linkplain SimEngine#heal healed}. Its
     * watchdog tells that the engine is lost (C12).
     */
    NEVER(AbortEffect.DRAIN_ONLY);

    private final AbortEffect effect;

    StopModel(AbortEffect effect) {
        this.effect = effect;
    }

    /** The row of the honesty table for one kind of operation. */
    AbortEffect effect(OperationKind kind) {
        return switch (kind) {
            // A wait for data is between two bursts: it ends though none ever comes.
            case STREAM -> this == AT_BURST ? AbortEffect.AT_ONCE : effect;
            // It has no end of its own to wait for, and waits like a stream.
            case CYCLIC -> this == NEVER ? effect : AbortEffect.AT_ONCE;
            case MEMCPY, MEMSET, INTERLEAVED, INTERRUPT, FILE, BLOCKING, COMMAND -> effect;
        };
    }

    /** Whether what was pulled and has not begun is given back at once. */
    boolean withdraws() {
        return effect != AbortEffect.DRAIN_ONLY;
    }
}
