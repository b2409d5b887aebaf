package org.dmaengine.sweep;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.engine.sim.SimFault;
import org.dmaengine.engine.sim.SimObserver;

import java.lang.foreign.MemorySegment;

/**
 * Checks the controller at what it does, at the moment it does it: that it starts only what was
 * issued and not terminated, and touches memory only between the start and the last touch, never
 * while paused, after quiescence or after a free (C1, C2, C4, C6, C13, C16, P4).
 */
final class ControllerCheck implements SimObserver {
    private final History history;
    private final RareEvents rare;
    private final FirstViolation violation;
    private final ChannelShadows channels;
    private final FaultCheck faults;

    private long endOrder;

    ControllerCheck(
            History history,
            RareEvents rare,
            FirstViolation violation,
            ChannelShadows channels,
            FaultCheck faults) {
        this.history = history;
        this.rare = rare;
        this.violation = violation;
        this.channels = channels;
        this.faults = faults;
    }

    @Override
    public void taken(String channel, long ticket, Operation operation) {
        TransferShadow transfer = channels.find(channel, ticket);
        if (transfer == null) {
            violation.found("P4", "the engine got ticket " + ticket + " that nobody submitted");
            return;
        }
        history.note("taken by the engine", transfer);
        if (ticket > transfer.channel.issuedUpTo) {
            violation.found("C1", transfer + " started without being issued");
        }
        if (transfer.closed) {
            violation.found("C4", transfer + " started after its termination");
        }
        if (transfer.channel.paused) {
            violation.found("C13", transfer + " started while paused");
        }
        if (transfer.outcome != null) {
            violation.found("C2", transfer + " started after its outcome");
        }
        transfer.taken = true;
        for (TransferShadow each : transfer.channel.transfers()) {
            if (each.cookie < ticket && each.closed && each.isOnEngine()) {
                violation.found(
                        "C6", transfer + " started while older work is on the engine: " + each);
            }
        }
    }

    @Override
    public void touching(
            String channel,
            long ticket,
            MemorySegment memory,
            long offsetBytes,
            long lengthBytes,
            boolean written) {
        TransferShadow transfer = channels.find(channel, ticket);
        if (transfer == null) {
            return;
        }
        if (transfer.lastTouch) {
            violation.found("P4", "touched after its last touch: " + transfer);
        }
        if (transfer.outcome != null) {
            violation.found("C2", "touched after its outcome: " + transfer);
        }
        if (ticket <= transfer.channel.quiescedUpTo) {
            violation.found("C6", "touched after quiescence: " + transfer);
        }
        if (transfer.channel.paused) {
            violation.found("C13", "touched while paused: " + transfer);
        }
        if (transfer.region != null && !transfer.region.arena.isAlive()) {
            violation.found("C16", "touched after its arena was freed: " + transfer);
        }
        if (transfer.closed && written) {
            rare.count(RareEvent.RUNAWAY_WROTE_AFTER_TERMINATION);
        }
    }

    @Override
    public void lastTouch(String channel, long ticket) {
        TransferShadow transfer = channels.find(channel, ticket);
        if (transfer != null) {
            transfer.lastTouch = true;
            history.note("last touch", transfer);
        }
    }

    @Override
    public void ending(String channel, long ticket, Outcome outcome, long bytes) {
        TransferShadow transfer = channels.find(channel, ticket);
        if (transfer == null || !transfer.taken || transfer.endReported) {
            faults.falseEnd();
            return;
        }
        transfer.endReported = true;
        transfer.reportedOutcome = outcome;
        transfer.reportedBytes = bytes;
        transfer.endOrder = ++endOrder;
        history.note("end reported: " + outcome + " " + bytes, transfer);
        if (transfer.closed) {
            rare.count(RareEvent.END_AFTER_GENERATION_CLOSED);
        }
        if (outcome == Outcome.COMPLETE && bytes < transfer.lengthBytes) {
            rare.count(RareEvent.PARTIAL_TRANSFER);
        } else if (outcome == Outcome.READ_FAILED || outcome == Outcome.WRITE_FAILED) {
            rare.count(RareEvent.TRANSFER_FAILED);
        }
    }

    @Override
    public void fault(String channel, long ticket, SimFault fault) {
        TransferShadow transfer = channels.find(channel, ticket);
        if (transfer != null) {
            history.note(fault.toString(), transfer);
        }
        switch (fault) {
            case SimFault.DuplicateCompletion _ -> rare.count(RareEvent.DUPLICATE_END);
            case SimFault.SpuriousCompletion _ -> rare.count(RareEvent.SPURIOUS_END);
            case SimFault.OldCompletion _ -> rare.count(RareEvent.OLD_END);
            case SimFault.LostCompletion _ -> rare.count(RareEvent.LOST_COMPLETION);
            case SimFault.ReorderedCompletion _ -> rare.count(RareEvent.REORDERED_END);
            case SimFault.TornWrite _ -> {
                rare.count(RareEvent.TORN_WRITE);
                if (transfer != null) {
                    transfer.torn = true;
                }
            }
            case SimFault.Stuck _ -> rare.count(RareEvent.STUCK_TRANSFER);
            case SimFault.QueueFull _ -> rare.count(RareEvent.RING_FULL);
            case SimFault.Gone _ -> rare.count(RareEvent.ENGINE_GONE);
            case SimFault.LateCompletion _,
                    SimFault.ReadError _,
                    SimFault.WriteError _,
                    SimFault.Partial _,
                    SimFault.LateStop _,
                    SimFault.NoStop _ -> {}
        }
    }
}
