package org.dmaengine.engine.sim;

import org.dmaengine.AbortEffect;
import org.dmaengine.OperationKind;

/** What a simulated controller does when it is told to stop; each is declared honestly (P6). */
public enum StopModel {
    /** What runs ends inside the abort call itself. */
    AT_ONCE(AbortEffect.AT_ONCE),
    /** What runs ends at its next burst. */
    AT_BURST(AbortEffect.CHUNK_BOUNDARY),
    /** What runs goes on to its end; only what has not begun is withdrawn. */
    AT_DESCRIPTOR_END(AbortEffect.QUEUED_ONLY),
    /**
     * The stop is acknowledged {@link SimModel#stopNanos} later, through the completion path of any
     * transfer; until then bytes move on (scenario R16).
     */
    ACKNOWLEDGED(AbortEffect.AT_ONCE),
    /** Nothing is stopped and nothing withdrawn. */
    DRAIN_ONLY(AbortEffect.DRAIN_ONLY),
    /** The same, and the abort call throws (scenario R34). */
    REFUSES(AbortEffect.DRAIN_ONLY),
    /**
     * What runs when the stop comes never ends: it writes its last burst again and again until the
     * controller is {@linkplain SimEngine#heal healed}. Its watchdog tells that the engine is lost
     * (C12).
     */
    NEVER(AbortEffect.DRAIN_ONLY);

    private final AbortEffect effect;

    StopModel(AbortEffect effect) {
        this.effect = effect;
    }

    /** The row of the honesty table for one kind of operation. */
    AbortEffect effect(OperationKind kind) {
        return switch (kind) {
            // It moves nothing, so that there is nothing to stop half-way.
            case INTERRUPT ->
                    this == AT_ONCE ? effect : withdraws() ? AbortEffect.QUEUED_ONLY : effect;
            // It has no end of its own to wait for.
            case CYCLIC -> effect == AbortEffect.AT_ONCE ? effect : AbortEffect.CHUNK_BOUNDARY;
            case MEMCPY, MEMSET, INTERLEAVED, FILE, STREAM, BLOCKING -> effect;
        };
    }

    /** Whether what was pulled and has not begun is given back at once. */
    boolean withdraws() {
        return effect != AbortEffect.DRAIN_ONLY;
    }
}
