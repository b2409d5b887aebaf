package org.dmaengine;

import org.dmaengine.TransferNode.State;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

/**
 * The engine's end of a channel: what it takes, and what it reports (P4, P7). A class of its own so
 * that clients cannot reach it.
 */
final class EngineSide implements ChannelQueue {
    private final VirtualChannel channel;
    private final boolean mayTakeLong;

    /**
     * @param mayTakeLong see {@link #mayTakeLong}
     */
    EngineSide(VirtualChannel channel, boolean mayTakeLong) {
        this.channel = channel;
        this.mayTakeLong = mayTakeLong;
    }

    @Override
    public String name() {
        return channel.name();
    }

    @Override
    public @Nullable IssuedTransfer next() {
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            return take();
        }
    }

    @Override
    public int next(IssuedTransfer[] batch) {
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            int count = 0;
            while (count < batch.length) {
                TransferNode node = take();
                if (node == null) {
                    break;
                }
                batch[count++] = node;
            }
            return count;
        }
    }

    private @Nullable TransferNode take() {
        if (!channel.ring.hasToStart() || channel.isHeldUp()) {
            return null;
        }
        TransferNode node = channel.ring.takeToStart();
        node.state = State.STARTED;
        node.started = true;
        channel.generation.onEngine++;
        channel.generation.reachedEngine = true;
        if (Flag.FENCE.in(node.flags)) {
            channel.fenceCookie = node.cookie;
        }
        return node;
    }

    @Override
    public boolean mayHaveNext() {
        return channel.ring.hasToStart();
    }

    @Override
    public void end(long ticket, Outcome outcome, long bytes) {
        switch (outcome) {
            case COMPLETE, ABORTED -> ended(ticket, outcome, bytes, null);
            case READ_FAILED, WRITE_FAILED ->
                    end(ticket, outcome, bytes, TransferError.of(0, "the engine gave no details"));
        }
    }

    @Override
    public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
        switch (outcome) {
            case READ_FAILED, WRITE_FAILED -> ended(ticket, outcome, bytes, error);
            case COMPLETE, ABORTED -> {
                channel.faults.broken("P9", outcome + " was reported with the error " + error);
                ended(ticket, outcome, bytes, null);
            }
        }
    }

    private void ended(long ticket, Outcome outcome, long bytes, @Nullable TransferError error) {
        int todo;
        String broken = null;
        boolean outOfRange = false;
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            TransferNode node = started(ticket);
            if (node == null) {
                broken = notHeld(ticket);
            } else {
                long limit = node.isCyclic() ? Long.MAX_VALUE : node.lengthBytes;
                long clamped = Math.clamp(bytes, 0, limit);
                if (clamped != bytes) {
                    outOfRange = true;
                    broken = "it reported " + bytes + " bytes for " + node + " of " + limit;
                }
                channel.endings.finish(node, outcome, clamped, error);
                channel.ring.retire();
            }
            todo = channel.bottomHalf.take();
        }
        channel.faults.broken(outOfRange ? "P9" : "P4", broken);
        channel.bottomHalf.run(todo);
    }

    @Override
    public void complete(long[] tickets, int count) {
        int todo;
        String broken = null;
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            for (int i = 0; i < count; i++) {
                TransferNode node = started(tickets[i]);
                if (node == null) {
                    broken = notHeld(tickets[i]);
                } else {
                    channel.endings.finish(node, Outcome.COMPLETE, node.lengthBytes, null);
                }
            }
            channel.ring.retire();
            todo = channel.bottomHalf.take();
        }
        channel.faults.broken("P4", broken);
        channel.bottomHalf.run(todo);
    }

    private @Nullable TransferNode started(long ticket) {
        if (!channel.ring.contains(ticket)) {
            return null;
        }
        TransferNode node = channel.ring.at(ticket);
        return node.state == State.STARTED ? node : null;
    }

    private String notHeld(long ticket) {
        return "an end was reported for ticket "
                + ticket
                + (channel.ring.contains(ticket)
                        ? ", which is " + channel.ring.at(ticket)
                        : ticket > 0 && ticket < channel.ring.tailAcquire()
                                ? ", which ended before"
                                : ", which was never handed out");
    }

    // ---- Plain copies

    @Override
    public @Nullable IssuedCopies nextCopies() {
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            return takeRun();
        }
    }

    private @Nullable CopyRun takeRun() {
        CopyRun run = channel.ring.run();
        Generation open = channel.generation;
        if (run.isTaken() || channel.isHeldUp() || !channel.ring.takeRun(open)) {
            return null;
        }
        open.onEngine += run.count();
        open.reachedEngine = true;
        return run;
    }

    @Override
    public void endCopies(int complete) {
        endedCopies(complete, false);
    }

    @Override
    public @Nullable IssuedCopies endCopiesAndTakeNext(int complete) {
        return endedCopies(complete, true);
    }

    /**
     * The first few of the run are complete; each of the others still gets an end of its own.
     *
     * @param more whether to take the next run, if all were complete
     */
    private @Nullable IssuedCopies endedCopies(int complete, boolean more) {
        int todo;
        String broken = null;
        CopyRun next = null;
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            CopyRun run = channel.ring.run();
            if (!run.isTaken() || complete < 0 || complete > run.count()) {
                broken = "it reported " + complete + " complete copies of " + run;
            } else if (complete == run.count() && !run.hasNodes()) {
                completeRun(run);
                // Callbacks that are about to run on this very thread may pause.
                next = more && !channel.bottomHalf.isNoted(BottomHalf.CALLBACKS) ? takeRun() : null;
            } else {
                broken = endOneByOne(run, complete);
            }
            todo = channel.bottomHalf.take();
        }
        channel.faults.broken("P4", broken);
        channel.bottomHalf.run(todo);
        return next;
    }

    /** As {@link Endings#finish} for each: of the open generation, and complete. */
    private void completeRun(CopyRun run) {
        run.generation().onEngine -= run.count();
        if (channel.ring.isRunPlain()) {
            channel.ring.retireRun();
        } else {
            if (!channel.ring.isRunBehindCompleted()) {
                channel.claims.queueCopies();
            }
            channel.ring.completeRun();
            if (channel.ring.hasCallbackWaiting()) {
                channel.claims.wantRunner();
            }
            channel.ring.retire();
        }
        channel.endings.leftEngine();
    }

    private @Nullable String endOneByOne(CopyRun run, int complete) {
        String broken = null;
        long first = run.first();
        // Those before were ended by themselves, and somebody else may have their places.
        long oldest = Math.max(first, channel.ring.oldest());
        channel.ring.makeNodes(run.generation(), oldest, run.end());
        run.over();
        for (long ticket = first; ticket < first + complete; ticket++) {
            TransferNode node = started(ticket);
            if (node == null) {
                broken = notHeld(ticket);
            } else {
                channel.endings.finish(node, Outcome.COMPLETE, node.lengthBytes, null);
            }
        }
        channel.ring.retire();
        return broken;
    }

    @Override
    public boolean mayTakeLong() {
        return mayTakeLong;
    }

    @Override
    public void paused() {
        channel.pausing.told();
    }

    @Override
    public void lost(String reason, @Nullable Throwable cause) {
        channel.loss.lose(reason, cause);
    }
}
