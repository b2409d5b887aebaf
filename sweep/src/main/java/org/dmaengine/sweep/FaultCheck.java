package org.dmaengine.sweep;

import org.dmaengine.Fault;

/**
 * Checks the faults that the engine reports: each was planned, and each false end of the controller
 * is reported, and nothing else as one (C3, P4).
 */
final class FaultCheck {
    private final History history;
    private final RareEvents rare;
    private final FirstViolation violation;
    private final ChannelShadows channels;

    private long falseEnds;
    private long contractFaults;

    FaultCheck(
            History history, RareEvents rare, FirstViolation violation, ChannelShadows channels) {
        this.history = history;
        this.rare = rare;
        this.violation = violation;
        this.channels = channels;
    }

    /** The controller is about to report an end that it owes nobody: core must object. */
    void falseEnd() {
        falseEnds++;
    }

    /** The engine's listener for faults: each must have been planned. */
    void reported(Fault fault) {
        switch (fault.kind()) {
            case CALLBACK_THREW -> {
                boolean planned =
                        fault.cause().map(PlannedException.class::isInstance).orElse(false);
                if (planned) {
                    rare.count(RareEvent.CALLBACK_THREW);
                } else {
                    violation.found("C3", "a callback threw what no program throws: " + fault);
                }
            }
            case ENGINE_CONTRACT -> {
                contractFaults++;
                if (contractFaults > falseEnds) {
                    violation.found("P4", "reported without reason: " + fault);
                }
            }
            case ENGINE_THREW -> rare.count(RareEvent.ENGINE_REFUSED_TO_STOP);
            case ENGINE_LOST -> {
                ChannelShadow channel = channels.find(fault.channel());
                if (channel != null) {
                    channel.lost = true;
                    rare.count(RareEvent.QUARANTINE_ENTERED);
                }
                history.note(fault.message(), channel);
            }
            case QUARANTINE_LEFT -> rare.count(RareEvent.QUARANTINE_LEFT);
            case EXECUTOR_REFUSED -> violation.found("C3", "no executor refuses here: " + fault);
        }
    }

    void atEnd() {
        if (contractFaults != falseEnds) {
            violation.found(
                    "P4", falseEnds + " false ends, " + contractFaults + " of them reported");
        }
    }
}
