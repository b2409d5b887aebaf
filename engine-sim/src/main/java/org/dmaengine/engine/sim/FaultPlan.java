package org.dmaengine.engine.sim;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which transfers go wrong, and how: by the order in which the controller takes them, over all its
 * channels, from 1. Never changes.
 */
public final class FaultPlan {
    private static final FaultPlan NONE = new FaultPlan(new TreeMap<>());

    private final Map<Long, SimFault> faults;

    private FaultPlan(Map<Long, SimFault> faults) {
        this.faults = Collections.unmodifiableMap(faults);
    }

    /** Nothing goes wrong. */
    public static FaultPlan none() {
        return NONE;
    }

    /** The same plan with one more: what happens to the transfer that is taken as the n-th. */
    public FaultPlan on(long transfer, SimFault fault) {
        if (transfer < 1) {
            throw new IllegalArgumentException("transfers count from 1, not from " + transfer);
        }
        Map<Long, SimFault> more = new TreeMap<>(faults);
        more.put(transfer, fault);
        return new FaultPlan(more);
    }

    /** The same plan without what happens to that transfer. */
    public FaultPlan without(long transfer) {
        Map<Long, SimFault> fewer = new TreeMap<>(faults);
        fewer.remove(transfer);
        return new FaultPlan(fewer);
    }

    /** All of it, by transfer. */
    public Map<Long, SimFault> faults() {
        return faults;
    }

    @Nullable SimFault of(long transfer) {
        return faults.get(transfer);
    }

    /**
     * A plan drawn at random.
     *
     * @param choices where it is drawn from
     * @param transfers for how many transfers
     * @param oneIn how rare faults are
     * @param lengthMaxBytes how long transfers are, for faults half-way
     * @param nanosMax how long a delay may be
     */
    public static FaultPlan drawn(
            Choices choices, int transfers, int oneIn, long lengthMaxBytes, long nanosMax) {
        if (transfers < 0 || oneIn < 1 || lengthMaxBytes < 0 || nanosMax < 0) {
            throw new IllegalArgumentException(
                    "cannot draw faults for %d transfers, one in %d, up to %d bytes and %d ns"
                            .formatted(transfers, oneIn, lengthMaxBytes, nanosMax));
        }
        Map<Long, SimFault> faults = new TreeMap<>();
        for (long transfer = 1; transfer <= transfers; transfer++) {
            if (choices.oneIn(oneIn)) {
                faults.put(transfer, draw(choices, lengthMaxBytes, nanosMax));
            }
        }
        return new FaultPlan(faults);
    }

    private static final int KINDS = 19;

    private static SimFault draw(Choices choices, long lengthMaxBytes, long nanosMax) {
        long nanos = choices.between(0, nanosMax);
        long atByte = choices.between(0, lengthMaxBytes);
        return switch (choices.below(KINDS)) {
            case 0, 1 -> new SimFault.LateCompletion(nanos);
            case 2 -> new SimFault.LostCompletion();
            case 3 -> new SimFault.DuplicateCompletion(choices.oneIn(2) ? 0 : nanos);
            case 4, 5 -> new SimFault.ReorderedCompletion(nanos);
            case 6 -> new SimFault.SpuriousCompletion();
            case 7 -> new SimFault.OldCompletion();
            case 8 -> new SimFault.ReadError(atByte);
            case 9 -> new SimFault.WriteError(atByte);
            case 10 -> new SimFault.TornWrite(atByte);
            case 11 -> new SimFault.Partial(atByte);
            case 12, 13 -> new SimFault.Stuck(nanos);
            case 14, 15 -> new SimFault.LateStop(nanos);
            case 16 -> new SimFault.NoStop();
            case 17 -> new SimFault.QueueFull(nanos);
            default -> new SimFault.Gone(choices.oneIn(3) ? Long.MAX_VALUE : nanos);
        };
    }

    @Override
    public String toString() {
        return faults.toString();
    }
}
