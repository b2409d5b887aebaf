package org.dmaengine.sweep;

import org.dmaengine.Quiesced;
import org.dmaengine.Quiescence;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.TransferResult;

import java.util.List;
import java.util.Optional;

/**
 * Checks what a wait or a close promised when it returned: that what was closed or issued before it
 * began is over, off the engine and out of callbacks, that its receipt says what the handles say,
 * and that an arena was freed only when nothing used it (C5, C6, C8, C9, C11, C16).
 */
final class QuiescenceCheck {
    private final History history;
    private final RareEvents rare;
    private final FirstViolation violation;
    private final OutcomeCheck outcomes;

    QuiescenceCheck(
            History history, RareEvents rare, FirstViolation violation, OutcomeCheck outcomes) {
        this.history = history;
        this.rare = rare;
        this.violation = violation;
        this.outcomes = outcomes;
    }

    /** A wait for what was closed before it began returned with an answer (C6, C11). */
    void answered(
            ChannelShadow channel, long closedBefore, Quiescence answer, boolean deadlinePassed) {
        switch (answer) {
            case Quiesced(Receipt receipt) -> quiesced(channel, closedBefore, receipt);
            case StillOwned owned -> {
                rare.count(RareEvent.DEADLINE_LEFT_IT_OWNED);
                if (!deadlinePassed && !channel.lost) {
                    violation.found("C11", "still owned before its deadline: " + owned);
                }
            }
        }
    }

    void quiesced(ChannelShadow channel, long closedBefore, Receipt receipt) {
        history.note("quiesced up to " + closedBefore, channel);
        // First: a look at an outcome would make good what was forgotten.
        for (Receipt.Entry entry : receipt.entries()) {
            check(channel, entry);
        }
        for (long cookie = channel.quiescedUpTo + 1; cookie <= closedBefore; cookie++) {
            TransferShadow each = channel.find(cookie);
            if (each == null) {
                continue;
            }
            if (each.isOnEngine()) {
                violation.found("C6", "quiesced while the engine has " + each);
            }
            if (each.callbackRuns) {
                violation.found("C6", "quiesced while the callback runs of " + each);
            }
            boolean ended = outcomes.hasEnded(each);
            if (!ended) {
                violation.found("C5", "quiesced without an outcome for " + each);
            }
        }
        channel.quiescedUpTo = Math.max(channel.quiescedUpTo, closedBefore);
    }

    void drained(ChannelShadow channel, long issuedBefore) {
        history.note("drained up to " + issuedBefore, channel);
        for (long cookie = channel.quiescedUpTo + 1; cookie <= issuedBefore; cookie++) {
            TransferShadow each = channel.find(cookie);
            if (each == null) {
                continue;
            }
            boolean ended = outcomes.hasEnded(each);
            if (!ended || each.callbackRuns) {
                violation.found("C8", "drained before the end of " + each);
            }
            if (each.owesCallback()) {
                violation.found("C8", "drained before the callback of " + each);
            }
        }
    }

    void closed(ChannelShadow channel) {
        Receipt nothing = new Receipt(channel.name, List.of(), 0, Optional.empty());
        quiesced(channel, channel.lastCookie(), nothing);
        channel.closed = true;
        history.note("closed", channel);
    }

    /** Its close returned without objection (C16). */
    void freed(Arenas.Shadow arena) {
        for (Arenas.Region region : arena.regions) {
            TransferShadow user = region.user;
            if (user != null && user.isOnEngine()) {
                violation.found("C16", "an arena was freed while the engine has " + user);
            }
            if (user != null && user.handle != null && user.handle.result().isEmpty()) {
                violation.found("C16", "an arena was freed while in use by " + user);
            }
        }
        arena.freed = true;
    }

    private void check(ChannelShadow channel, Receipt.Entry entry) {
        TransferShadow transfer = channel.find(entry.cookie());
        if (transfer == null) {
            violation.found("C9", "a receipt names cookie " + entry.cookie() + ", never given out");
            return;
        }
        if (entry.callbackRan() != transfer.callbacksBegun > 0) {
            violation.found(
                    "C9", entry + ": its callback began " + transfer.callbacksBegun + " times");
        }
        TransferResult result =
                transfer.handle == null ? null : transfer.handle.result().orElse(null);
        boolean same =
                transfer.handle == null
                        ? transfer.isReported(entry.outcome(), entry.bytes())
                                && entry.bytes() + entry.residueBytes() == transfer.lengthBytes
                        : result != null
                                && result.outcome() == entry.outcome()
                                && result.bytes() == entry.bytes()
                                && result.residueBytes() == entry.residueBytes();
        if (!same) {
            violation.found(
                    "C9",
                    entry
                            + " says another thing than "
                            + (result == null ? transfer.reported() : result));
        }
    }
}
