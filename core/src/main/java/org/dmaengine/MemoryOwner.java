package org.dmaengine;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who may free a piece of memory: an arena of ours or a mapping. Its close is the only way the
 * memory is freed, and it never frees memory in flight (C16).
 *
 * <p>Nothing is counted per transfer. Submit looks at {@link #isOpen} under its channel's lock;
 * close first leaves the open state, then looks through every channel under that channel's lock. So
 * either the submit sees the closing, or the close sees the transfer.
 */
final class MemoryOwner {
    private enum State {
        OPEN,
        CLOSING,
        CLOSED
    }

    // Every owner that is not closed, by the scope of its memory.
    private static final ConcurrentMap<MemorySegment.Scope, MemoryOwner> BY_SCOPE =
            new ConcurrentHashMap<>();

    private final String name;
    private final MemorySegment.Scope scope;
    private final Runnable release;

    // Volatile: written by close under this object's monitor, read by submit under the channel's
    // lock.
    private volatile State state = State.OPEN;

    MemoryOwner(String name, MemorySegment.Scope scope, Runnable release) {
        this.name = name;
        this.scope = scope;
        this.release = release;
        BY_SCOPE.put(scope, this);
    }

    static @Nullable MemoryOwner of(MemorySegment segment) {
        return BY_SCOPE.get(segment.scope());
    }

    String name() {
        return name;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Frees the memory, once. Concurrent callers wait for each other. */
    synchronized void close(ClosePolicy policy) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSING;
        boolean released = false;
        try {
            List<OwnedTransfer> users = settleUsers(policy);
            if (!users.isEmpty()) {
                throw new BuffersInFlightException(name, users);
            }
            release.run();
            released = true;
        } finally {
            if (released) {
                forget();
            } else if (state == State.CLOSING) {
                state = State.OPEN;
            }
        }
    }

    private List<OwnedTransfer> settleUsers(ClosePolicy policy) {
        List<OwnedTransfer> users = ChannelRegistry.usersOf(this);
        if (users.isEmpty()) {
            return users;
        }
        return switch (policy) {
            case ClosePolicy.Fail() -> users;
            case ClosePolicy.Drain() -> {
                CallbackContext.refuse("close() of " + name);
                yield ChannelRegistry.awaitUnused(this, Deadline.NONE);
            }
            case ClosePolicy.TerminateThenDrain(java.time.Duration timeout) -> {
                CallbackContext.refuse("close() of " + name);
                long deadline = Deadline.after(Scheduler.system(), timeout);
                ChannelRegistry.terminateUsersOf(this);
                List<OwnedTransfer> left = ChannelRegistry.awaitUnused(this, deadline);
                if (!left.isEmpty()) {
                    // Never open again: withheld until the last of them is proved to have ended.
                    state = State.CLOSED;
                    Quarantine.withhold(this, left);
                }
                yield left;
            }
        };
    }

    /** For memory withheld by the policy above: frees it if the last proof has arrived. */
    synchronized boolean releaseIfUnused() {
        if (!ChannelRegistry.usersOf(this).isEmpty()) {
            return false;
        }
        release.run();
        forget();
        return true;
    }

    private void forget() {
        state = State.CLOSED;
        BY_SCOPE.remove(scope, this);
    }
}
