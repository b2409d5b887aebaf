package org.dmaengine.sweep;

/**
 * What clients have called, at the moments that count: a submit and an issue once they are done, a
 * termination when it begins and when it has returned. Checks nothing; from it the checks know what
 * may start, what may be aborted, and what takes a pause back.
 */
final class ClientCalls {
    private final History history;
    private final RareEvents rare;
    private final ChannelShadows channels;
    private final OutcomeCheck outcomes;

    private int arenasTerminating;

    ClientCalls(History history, RareEvents rare, ChannelShadows channels, OutcomeCheck outcomes) {
        this.history = history;
        this.rare = rare;
        this.channels = channels;
        this.outcomes = outcomes;
    }

    void opened(ChannelShadow channel) {
        channels.add(channel);
        history.note("requested", channel);
    }

    void submitted(TransferShadow transfer) {
        transfer.channel.add(transfer);
        transfer.mayBeTerminated = arenasTerminating > 0;
        outcomes.submitted(transfer);
        history.note("submitted", transfer);
        if (transfer.channel.synchronizers > 0) {
            rare.count(RareEvent.SUBMIT_DURING_SYNCHRONIZE);
        }
    }

    void issued(ChannelShadow channel) {
        history.note("issuePending", channel);
        boolean olderOnEngine =
                channel.transfers().stream().anyMatch(each -> each.closed && each.isOnEngine());
        if (olderOnEngine && channel.lastCookie() > channel.issuedUpTo) {
            rare.count(RareEvent.ISSUE_BEFORE_OLD_IS_OFF);
        }
        channel.issuedUpTo = channel.lastCookie();
    }

    /** The generation closes inside the call: what was submitted before belongs to it. */
    void terminating(ChannelShadow channel, boolean inItsCallback) {
        history.note("terminate", channel);
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
        for (ChannelShadow channel : channels.all()) {
            channel.holdEpoch++;
            channel.paused = false;
            channel.transfers().forEach(each -> each.mayBeTerminated = true);
        }
    }
}
