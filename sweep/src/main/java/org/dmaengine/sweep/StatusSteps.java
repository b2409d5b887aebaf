package org.dmaengine.sweep;

import org.dmaengine.TransferState;
import org.dmaengine.TransferStatus;

/**
 * The steps of a client that ask about a cookie, also one that was never given out. Answers fit
 * what the oracle has seen, and never go back (C2).
 */
final class StatusSteps {
    void state(Step step, ChannelShadow channel) {
        long cookie = cookie(step, channel);
        check(channel, cookie, channel.channel.state(cookie));
    }

    void status(Step step, ChannelShadow channel) {
        long cookie = cookie(step, channel);
        TransferStatus status = channel.channel.status(cookie);
        check(channel, cookie, status.state());
        TransferShadow transfer = channel.find(cookie);
        long length = transfer == null ? 0 : transfer.lengthBytes;
        if (status.residueBytes() < 0 || status.residueBytes() > length) {
            throw new Violation("C2", "residue of " + length + " bytes: " + status);
        }
        boolean back =
                status.completedCookie() < channel.lastCompleted
                        || status.usedCookie() < channel.lastUsed
                        || status.completedCookie() > status.usedCookie();
        if (back) {
            throw new Violation("C2", "went back on " + channel + ": " + status);
        }
        channel.lastCompleted = status.completedCookie();
        channel.lastUsed = status.usedCookie();
    }

    void acknowledge(Step step, ChannelShadow channel) {
        channel.channel.acknowledge(cookie(step, channel));
    }

    private static long cookie(Step step, ChannelShadow channel) {
        return step.size() % (channel.lastCookie() + 2);
    }

    private static void check(ChannelShadow channel, long cookie, TransferState state) {
        TransferShadow transfer = channel.find(cookie);
        if (transfer == null) {
            if (state != TransferState.UNKNOWN) {
                throw new Violation("C2", "cookie " + cookie + " was never given out: " + state);
            }
            return;
        }
        boolean running = state == TransferState.IN_PROGRESS || state == TransferState.PAUSED;
        if (transfer.outcome != null && running) {
            throw new Violation("C2", "the status went back to " + state + ": " + transfer);
        }
        if (state == TransferState.COMPLETE && transfer.isOnEngine()) {
            throw new Violation("C2", "complete before its last touch: " + transfer);
        }
    }
}
