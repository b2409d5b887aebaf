package org.dmaengine;

import org.dmaengine.TransferNode.State;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * An engine that cannot prove the last touch is lost for this channel: it is dead, and the memory
 * of what the engine holds goes into quarantine (C12).
 */
final class EngineLoss {
    private final VirtualChannel channel;

    // Volatile: set once under both locks, read by prep and submit.
    private volatile @Nullable String lostReason;
    // Guarded by the channel's lock.
    private @Nullable Throwable lostCause;

    EngineLoss(VirtualChannel channel) {
        this.channel = channel;
    }

    /** Any thread may call. */
    boolean isLost() {
        return lostReason != null;
    }

    String reasonOr(String otherwise) {
        String known = lostReason;
        return known != null ? known : otherwise;
    }

    void lose(String reason, @Nullable Throwable cause) {
        lose(reason, cause, false);
    }

    void lose(String reason, @Nullable Throwable cause, boolean onlyIfItOwnsSomething) {
        String told =
                "engine '"
                        + channel.engine.name()
                        + "' is lost on channel '"
                        + channel.name()
                        + "': "
                        + reason;
        int todo;
        channel.submitLock.lock();
        try {
            synchronized (channel.lock) {
                boolean idle = channel.onEngine() == 0 && onlyIfItOwnsSomething;
                if (lostReason != null || channel.closing.isClosed() || idle) {
                    return;
                }
                lostReason = told;
                lostCause = cause;
                if (!onlyIfItOwnsSomething) {
                    channel.control.forget();
                }
                // Else it was a deadline that gave up, not the engine: that is still told to stop,
                // or it would keep for ever what it could prove later (C12).
                abortNotStarted();
                quarantineStarted(told);
                channel.ring.retire();
                channel.waiters.wake();
                todo = channel.bottomHalf.take();
            }
        } finally {
            channel.submitLock.unlock();
        }
        channel.engine.report(
                new Fault(
                        Fault.Kind.ENGINE_LOST, channel.name(), told, Optional.ofNullable(cause)));
        channel.bottomHalf.run(todo);
    }

    private void abortNotStarted() {
        channel.endings.abortWithdrawn();
        for (long cookie = channel.ring.toStart(); cookie < channel.ring.tailAcquire(); cookie++) {
            channel.endings.publish(channel.ring.at(cookie), Outcome.ABORTED, 0, null);
        }
        channel.ring.skipToTail();
    }

    private void quarantineStarted(String reason) {
        EngineLostException exception = exception();
        for (long cookie = channel.ring.oldest(); cookie < channel.ring.tailAcquire(); cookie++) {
            TransferNode node = channel.ring.at(cookie);
            if (node.state == State.STARTED) {
                Quarantine.enter(node, channel.engine.name(), reason);
                Transfer transfer = node.transfer;
                if (transfer != null && transfer.publishLost(exception)) {
                    channel.bottomHalf.complete(transfer);
                }
            }
        }
    }

    EngineLostException exception() {
        synchronized (channel.lock) {
            Receipt receipt = channel.inFlight.receiptOf(channel.closed.snapshot());
            return new EngineLostException(channel.inFlight.allOwnedLocked(receipt, ""), lostCause);
        }
    }

    @Nullable Throwable cause() {
        synchronized (channel.lock) {
            return lostCause;
        }
    }
}
