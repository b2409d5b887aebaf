package org.dmaengine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who still owns what: for receipts and for answers at a deadline (C9, C11), and for arenas that
 * close (C16).
 */
final class InFlight {
    private final VirtualChannel channel;

    InFlight(VirtualChannel channel) {
        this.channel = channel;
    }

    StillOwned stillOwned(long cookie, String reason) {
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            List<OwnedTransfer> transfers =
                    channel.status.hasEnded(cookie)
                            ? List.of()
                            : List.of(channel.ring.at(cookie).owned());
            return new StillOwned(
                    receiptOf(List.of()),
                    transfers,
                    Optional.empty(),
                    channel.loss.reasonOr(reason));
        }
    }

    Receipt receiptOf(List<Generation> targets) {
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            return channel.closed.receipt(channel.name(), targets);
        }
    }

    /** Under the channel's lock: what is left of some generations. */
    StillOwned stillOwnedLocked(List<Generation> targets, String reason) {
        return stillOwned(receiptOf(targets), targets, reason);
    }

    /** Under the channel's lock: what is left at all. */
    StillOwned allOwnedLocked(Receipt receipt, String reason) {
        return stillOwned(receipt, List.of(), reason);
    }

    private StillOwned stillOwned(Receipt receipt, List<Generation> targets, String reason) {
        channel.endings.abortWithdrawn();
        List<OwnedTransfer> transfers = new ArrayList<>();
        for (long cookie = channel.ring.settled(); cookie < channel.ring.tailAcquire(); cookie++) {
            if (channel.ring.hasEnded(cookie)) {
                continue;
            }
            TransferNode node = channel.ring.at(cookie);
            if (targets.isEmpty() || targets.contains(node.generation())) {
                transfers.add(node.owned());
            }
        }
        return new StillOwned(
                receipt,
                transfers,
                channel.claims.queue().running(channel.name()),
                channel.loss.reasonOr(reason));
    }

    /** Both locks: a submit that saw the memory open is seen here, or sees it closing. */
    void collectUsersOf(MemoryOwner owner, List<OwnedTransfer> users) {
        channel.submitLock.lock();
        try {
            synchronized (channel.lock) {
                channel.endings.abortWithdrawn();
                for (long cookie = channel.ring.settled();
                        cookie < channel.ring.tailAcquire();
                        cookie++) {
                    if (isUsing(cookie, owner)) {
                        users.add(channel.ring.at(cookie).owned());
                    }
                }
            }
        } finally {
            channel.submitLock.unlock();
        }
    }

    private boolean isUsing(MemoryOwner owner) {
        channel.endings.abortWithdrawn();
        for (long cookie = channel.ring.settled(); cookie < channel.ring.tailAcquire(); cookie++) {
            if (isUsing(cookie, owner)) {
                return true;
            }
        }
        return false;
    }

    private boolean isUsing(long cookie, MemoryOwner owner) {
        return !channel.ring.hasEnded(cookie) && channel.ring.at(cookie).uses(owner);
    }

    void awaitUnused(MemoryOwner owner, long deadlineNanos) {
        channel.waiters.await(() -> channel.loss.isLost() || !isUsing(owner), deadlineNanos);
    }
}
