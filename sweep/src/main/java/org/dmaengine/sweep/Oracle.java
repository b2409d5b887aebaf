package org.dmaengine.sweep;

import org.dmaengine.Fault;
import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.Quiesced;
import org.dmaengine.Quiescence;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.dmaengine.engine.sim.SimFault;
import org.dmaengine.engine.sim.SimObserver;
import org.dmaengine.engine.sim.Simulation;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the contract from outside: it sees what clients call and get, what callbacks do, and what
 * the controller touches and reports, each at its moment, and throws a {@link Violation} where the
 * two do not fit. It knows nothing of the inside of core.
 *
 * <p>No lock: all of it runs on the thread that holds the simulation's baton.
 */
final class Oracle implements SimObserver {
    private final Simulation simulation;
    private final History history;
    final RareEvents rare;

    private final Map<String, ChannelShadow> channels = new HashMap<>();
    // Those whose outcome was not seen yet, and those that were seen.
    private final List<TransferShadow> open = new ArrayList<>();

    private long endOrder;
    private int arenasTerminating;
    private long falseEnds;
    private long contractFaults;
    private @Nullable Violation violation;

    Oracle(Simulation simulation, History history, RareEvents rare) {
        this.simulation = simulation;
        this.history = history;
        this.rare = rare;
    }

    // ---- Violations: kept where they cannot be thrown, thrown at the end of the step

    private void violated(String rule, String message) {
        if (violation == null) {
            violation = new Violation(rule, message);
        }
    }

    /** After every step: what became visible, and whether it fits. */
    void afterStep() {
        for (int i = open.size() - 1; i >= 0; i--) {
            TransferShadow transfer = open.get(i);
            if (look(transfer)) {
                open.set(i, open.getLast());
                open.removeLast();
            }
        }
        throwIfViolated();
    }

    void throwIfViolated() {
        if (violation != null) {
            throw violation;
        }
    }

    /** True once its outcome is visible. */
    private boolean look(TransferShadow transfer) {
        if (transfer.outcome != null) {
            return true;
        }
        if (transfer.handle != null) {
            TransferResult result = transfer.handle.result().orElse(null);
            if (result == null) {
                return false;
            }
            checkResult(transfer, result);
            seen(transfer, result.outcome(), result.bytes());
            return true;
        }
        TransferState state = transfer.channel.channel.state(transfer.cookie);
        switch (state) {
            case IN_PROGRESS, PAUSED -> {
                return false;
            }
            case COMPLETE -> seen(transfer, Outcome.COMPLETE, -1);
            case ERROR -> seen(transfer, Outcome.WRITE_FAILED, -1);
            case ABORTED -> seen(transfer, Outcome.ABORTED, -1);
            case UNKNOWN ->
                    violated("C2", transfer + " became unknown before its outcome was seen");
        }
        return true;
    }

    private void checkResult(TransferShadow transfer, TransferResult result) {
        boolean fits =
                transfer.action == Action.CYCLIC
                        || result.bytes() + result.residueBytes() == transfer.lengthBytes;
        if (!fits || result.residueBytes() < 0 || result.bytes() < 0) {
            violated("C2", result + " does not add up to " + transfer.lengthBytes + " bytes");
        }
        if (result.cookie() != transfer.cookie) {
            violated("C2", transfer + " got the result of another: " + result);
        }
        boolean failed =
                result.outcome() == Outcome.READ_FAILED || result.outcome() == Outcome.WRITE_FAILED;
        if (failed != result.error().isPresent()) {
            violated("P9", "the error of " + result + " does not fit its outcome");
        }
    }

    private void seen(TransferShadow transfer, Outcome outcome, long bytes) {
        transfer.outcome = outcome;
        transfer.bytes = bytes;
        note("outcome " + outcome + (bytes < 0 ? "" : " after " + bytes + " bytes"), transfer);
        if (transfer.isOnEngine()) {
            violated("C2", transfer + " has the outcome " + outcome + " before its last touch");
        }
        boolean terminated = transfer.closing || transfer.mayBeTerminated || transfer.channel.lost;
        if (outcome == Outcome.ABORTED && !terminated) {
            violated("C5", transfer + " was aborted, and nobody terminated it");
        }
        if (transfer.region != null && transfer.region.arena.isAlive()) {
            transfer.region.checkBytes(transfer, this::violated);
        }
    }

    // ---- What clients do

    void opened(ChannelShadow channel) {
        channels.put(channel.name, channel);
    }

    void submitted(TransferShadow transfer) {
        transfer.channel.add(transfer);
        transfer.mayBeTerminated = arenasTerminating > 0;
        open.add(transfer);
        note("submitted", transfer);
        if (transfer.channel.synchronizers > 0) {
            rare.count(RareEvent.SUBMIT_DURING_SYNCHRONIZE);
        }
    }

    void issued(ChannelShadow channel) {
        note("issuePending", channel);
        boolean olderOnEngine =
                channel.transfers().stream().anyMatch(each -> each.closed && each.isOnEngine());
        if (olderOnEngine && channel.lastCookie() > channel.issuedUpTo) {
            rare.count(RareEvent.ISSUE_BEFORE_OLD_IS_OFF);
        }
        channel.issuedUpTo = channel.lastCookie();
    }

    /** The generation closes inside the call: what was submitted before belongs to it. */
    void terminating(ChannelShadow channel, boolean inItsCallback) {
        note("terminate", channel);
        for (TransferShadow each : channel.transfers()) {
            each.closing = true;
        }
        channel.generation++;
        channel.holdEpoch++;
        if (channel.paused) {
            rare.count(RareEvent.TERMINATE_WHILE_PAUSED);
        }
        channel.paused = false;
        if (channel.callbacksRunning > 0) {
            rare.count(
                    inItsCallback
                            ? RareEvent.TERMINATE_IN_OWN_CALLBACK
                            : RareEvent.TERMINATE_WHILE_CALLBACK_RUNS);
        }
    }

    /** Up to {@code boundary}, the last cookie when it was called. */
    void terminated(ChannelShadow channel, long boundary) {
        for (long cookie = 1; cookie <= boundary; cookie++) {
            TransferShadow each = channel.find(cookie);
            if (each != null) {
                each.closed = true;
            }
        }
        channel.closedUpTo = Math.max(channel.closedUpTo, boundary);
        channel.strays = 0;
    }

    /** An arena begins, or has ended, to terminate the channels that use it. */
    void arenaTerminates(boolean begins) {
        arenasTerminating += begins ? 1 : -1;
        mayBeTerminated();
    }

    boolean anArenaTerminates() {
        return arenasTerminating > 0;
    }

    /** Nobody can say which are, or when. */
    void mayBeTerminated() {
        for (ChannelShadow channel : channels.values()) {
            channel.holdEpoch++;
            channel.paused = false;
            channel.transfers().forEach(each -> each.mayBeTerminated = true);
        }
    }

    /** A wait for what was closed before it began returned with an answer (C6, C11). */
    void answered(
            ChannelShadow channel, long closedBefore, Quiescence answer, boolean deadlinePassed) {
        switch (answer) {
            case Quiesced(Receipt receipt) -> quiesced(channel, closedBefore, receipt);
            case StillOwned owned -> {
                rare.count(RareEvent.DEADLINE_LEFT_IT_OWNED);
                if (!deadlinePassed && !channel.lost) {
                    violated("C11", "still owned before its deadline: " + owned);
                }
            }
        }
    }

    void quiesced(ChannelShadow channel, long closedBefore, Receipt receipt) {
        note("quiesced up to " + closedBefore, channel);
        for (long cookie = channel.quiescedUpTo + 1; cookie <= closedBefore; cookie++) {
            TransferShadow each = channel.find(cookie);
            if (each == null) {
                continue;
            }
            if (each.isOnEngine()) {
                violated("C6", "quiesced while the engine has " + each);
            }
            if (each.callbackRuns) {
                violated("C6", "quiesced while the callback runs of " + each);
            }
            boolean ended = each.handle != null ? each.handle.result().isPresent() : look(each);
            if (!ended) {
                violated("C5", "quiesced without an outcome for " + each);
            }
        }
        channel.quiescedUpTo = Math.max(channel.quiescedUpTo, closedBefore);
        for (Receipt.Entry entry : receipt.entries()) {
            check(channel, entry);
        }
    }

    private void check(ChannelShadow channel, Receipt.Entry entry) {
        TransferShadow transfer = channel.find(entry.cookie());
        if (transfer == null) {
            violated("C9", "a receipt names cookie " + entry.cookie() + ", never given out");
            return;
        }
        if (entry.callbackRan() != transfer.callbacksBegun > 0) {
            violated("C9", entry + ": its callback began " + transfer.callbacksBegun + " times");
        }
        TransferResult result =
                transfer.handle == null ? null : transfer.handle.result().orElse(null);
        boolean same =
                transfer.handle == null
                        || (result != null
                                && result.outcome() == entry.outcome()
                                && result.bytes() == entry.bytes()
                                && result.residueBytes() == entry.residueBytes());
        if (!same) {
            violated("C9", entry + " says another thing than " + result);
        }
    }

    void drained(ChannelShadow channel, long issuedBefore) {
        note("drained up to " + issuedBefore, channel);
        for (long cookie = channel.quiescedUpTo + 1; cookie <= issuedBefore; cookie++) {
            TransferShadow each = channel.find(cookie);
            if (each == null) {
                continue;
            }
            boolean ended = each.handle != null ? each.handle.result().isPresent() : look(each);
            if (!ended || each.callbackRuns) {
                violated("C8", "drained before the end of " + each);
            }
            if (owesCallback(each)) {
                violated("C8", "drained before the callback of " + each);
            }
        }
    }

    /** It ended by itself, wants a callback, nothing took it back, and none has begun. */
    private static boolean owesCallback(TransferShadow each) {
        return each.wantsCallback
                && each.action != Action.CYCLIC
                && each.callbacksBegun == 0
                && !each.closing
                && !each.mayBeTerminated;
    }

    void closed(ChannelShadow channel) {
        Receipt nothing = new Receipt(channel.name, List.of(), 0, Optional.empty());
        quiesced(channel, channel.lastCookie(), nothing);
        channel.closed = true;
        note("closed", channel);
    }

    /** Its close returned without objection (C16). */
    void freed(Arenas.Shadow arena) {
        for (Arenas.Region region : arena.regions) {
            TransferShadow user = region.user;
            if (user != null && user.isOnEngine()) {
                violated("C16", "an arena was freed while the engine has " + user);
            }
            if (user != null && user.handle != null && user.handle.result().isEmpty()) {
                violated("C16", "an arena was freed while in use by " + user);
            }
        }
        arena.freed = true;
    }

    // ---- Callbacks

    /** The runner has called it; what it does comes later. */
    void callbackEntered(TransferShadow transfer) {
        note("callback entered", transfer);
        if (transfer.channel.callbacksRunning > 0) {
            violated("C3", "two callbacks at once on " + transfer.channel + ": " + transfer);
        }
        transfer.callbackRuns = true;
        transfer.channel.callbacksRunning++;
    }

    void callbackBegins(TransferShadow transfer) {
        ChannelShadow channel = transfer.channel;
        note("callback begins", transfer);
        if (transfer.cookie <= channel.quiescedUpTo) {
            violated("C6", "a callback after quiescence: " + transfer);
        }
        if (transfer.closed && transfer.cookie <= channel.closedUpTo) {
            rare.count(RareEvent.CALLBACK_CLAIMED_BEFORE_CLOSE);
            if (++channel.strays > 1) {
                violated("C4", "a second callback after its termination: " + transfer);
            }
        }
        if (transfer.action != Action.CYCLIC) {
            if (transfer.callbacksBegun > 0) {
                violated("C3", "a second callback of " + transfer);
            }
            boolean visible = transfer.handle == null || transfer.handle.result().isPresent();
            if (!visible) {
                violated("C2", "a callback before the outcome of " + transfer);
            }
            if (transfer.endOrder != 0) {
                if (transfer.endOrder < channel.lastCallbackOrder) {
                    violated("C3", "not in the order of completion: the callback of " + transfer);
                }
                channel.lastCallbackOrder = transfer.endOrder;
            }
        }
        transfer.callbacksBegun++;
    }

    void callbackEnds(TransferShadow transfer) {
        note("callback ends", transfer);
        transfer.callbackRuns = false;
        transfer.channel.callbacksRunning--;
    }

    // ---- What the controller does

    @Override
    public void taken(String channel, long ticket, Operation operation) {
        TransferShadow transfer = find(channel, ticket);
        if (transfer == null) {
            violated("P4", "the engine got ticket " + ticket + " that nobody submitted");
            return;
        }
        note("taken by the engine", transfer);
        if (ticket > transfer.channel.issuedUpTo) {
            violated("C1", transfer + " started without being issued");
        }
        if (transfer.closed) {
            violated("C4", transfer + " started after its termination");
        }
        if (transfer.channel.paused) {
            violated("C13", transfer + " started while paused");
        }
        if (transfer.outcome != null) {
            violated("C2", transfer + " started after its outcome");
        }
        transfer.taken = true;
        for (TransferShadow each : transfer.channel.transfers()) {
            if (each.cookie < ticket && each.closed && each.isOnEngine()) {
                violated("C6", transfer + " started while older work is on the engine: " + each);
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
        TransferShadow transfer = find(channel, ticket);
        if (transfer == null) {
            return;
        }
        if (transfer.lastTouch) {
            violated("P4", "touched after its last touch: " + transfer);
        }
        if (transfer.outcome != null) {
            violated("C2", "touched after its outcome: " + transfer);
        }
        if (ticket <= transfer.channel.quiescedUpTo) {
            violated("C6", "touched after quiescence: " + transfer);
        }
        if (transfer.channel.paused) {
            violated("C13", "touched while paused: " + transfer);
        }
        if (transfer.region != null && !transfer.region.arena.isAlive()) {
            violated("C16", "touched after its arena was freed: " + transfer);
        }
        if (transfer.closed && written) {
            rare.count(RareEvent.RUNAWAY_WROTE_AFTER_TERMINATION);
        }
    }

    @Override
    public void lastTouch(String channel, long ticket) {
        TransferShadow transfer = find(channel, ticket);
        if (transfer != null) {
            transfer.lastTouch = true;
            note("last touch", transfer);
        }
    }

    @Override
    public void ending(String channel, long ticket, Outcome outcome, long bytes) {
        TransferShadow transfer = find(channel, ticket);
        if (transfer == null || !transfer.taken || transfer.endReported) {
            falseEnds++;
            return;
        }
        transfer.endReported = true;
        transfer.endOrder = ++endOrder;
        note("end reported: " + outcome + " " + bytes, transfer);
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
        TransferShadow transfer = find(channel, ticket);
        if (transfer != null) {
            note(fault.toString(), transfer);
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

    /** The engine's listener for faults: each must have been planned. */
    void faultReported(Fault fault) {
        switch (fault.kind()) {
            case CALLBACK_THREW -> {
                boolean planned =
                        fault.cause().map(PlannedException.class::isInstance).orElse(false);
                if (planned) {
                    rare.count(RareEvent.CALLBACK_THREW);
                } else {
                    violated("C3", "a callback threw what no program throws: " + fault);
                }
            }
            case ENGINE_CONTRACT -> {
                contractFaults++;
                if (contractFaults > falseEnds) {
                    violated("P4", "reported without reason: " + fault);
                }
            }
            case ENGINE_THREW -> rare.count(RareEvent.ENGINE_REFUSED_TO_STOP);
            case ENGINE_LOST -> {
                ChannelShadow channel = channels.get(fault.channel());
                if (channel != null) {
                    channel.lost = true;
                    rare.count(RareEvent.QUARANTINE_ENTERED);
                }
                note(fault.message(), channel);
            }
            case QUARANTINE_LEFT -> rare.count(RareEvent.QUARANTINE_LEFT);
            case EXECUTOR_REFUSED -> violated("C3", "no executor refuses here: " + fault);
        }
    }

    // ---- At the end

    /** All is closed, and the controller healed: every account must be even. */
    void atEnd() {
        afterStep();
        for (TransferShadow each : open) {
            violated("C5", "no outcome at the end: " + each);
        }
        if (contractFaults != falseEnds) {
            violated("P4", falseEnds + " false ends, " + contractFaults + " of them reported");
        }
        for (ChannelShadow channel : channels.values()) {
            for (TransferShadow each : channel.transfers()) {
                if (each.callbackRuns) {
                    violated("C14", "its callback did not return: " + each);
                }
                if (owesCallback(each)) {
                    violated("C3", "its callback never ran: " + each);
                }
                boolean revoked =
                        each.wantsCallback
                                && each.callbacksBegun == 0
                                && each.endReported
                                && each.outcome == Outcome.COMPLETE;
                if (revoked) {
                    rare.count(RareEvent.CALLBACK_REVOKED);
                }
            }
        }
        throwIfViolated();
    }

    // ---- History

    private @Nullable TransferShadow find(String channel, long ticket) {
        ChannelShadow shadow = channels.get(channel);
        return shadow == null ? null : shadow.find(ticket);
    }

    void note(String what, @Nullable ChannelShadow channel) {
        if (history.isRecording()) {
            history.add(
                    simulation.steps(),
                    simulation.nanoTime(),
                    simulation.selfName(),
                    what,
                    channel == null ? "" : channel.name,
                    channel == null ? 0 : channel.generation,
                    0,
                    channel == null ? "" : stateOf(channel));
        }
    }

    private static String stateOf(ChannelShadow channel) {
        return channel.closed
                ? "closed"
                : channel.lost ? "lost" : channel.paused ? "paused" : "open";
    }

    void note(String what, TransferShadow transfer) {
        if (history.isRecording()) {
            history.add(
                    simulation.steps(),
                    simulation.nanoTime(),
                    simulation.selfName(),
                    what,
                    transfer.channel.name,
                    transfer.generation,
                    transfer.cookie,
                    stateOf(transfer));
        }
    }

    private static String stateOf(TransferShadow transfer) {
        if (transfer.outcome != null) {
            return transfer.outcome.toString();
        }
        return transfer.isOnEngine() ? "on engine" : transfer.taken ? "touched" : "waiting";
    }
}
