package org.dmaengine;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
        /** One thread is closing it; back to OPEN if transfers use it. */
        CLOSING,
        /** Its close gave up waiting: freed when the last proof arrives. */
        WITHHELD,
        /** The last proof of withheld memory has arrived, and one thread frees it. */
        FREEING,
        FREED
    }

    private static final System.Logger LOG = System.getLogger("org.dmaengine");
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(MemoryOwner.class, "state", State.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    // Every owner that is not freed, by the scope of its memory.
    private static final ConcurrentMap<MemorySegment.Scope, MemoryOwner> BY_SCOPE =
            new ConcurrentHashMap<>();

    private final String name;
    private final MemorySegment.Scope scope;
    private final Runnable release;
    private final boolean allocates;

    // Changed by CAS; whoever wins a change out of OPEN or WITHHELD is alone until the next. A
    // field and no AtomicReference, because every submit reads it.
    private volatile State state = State.OPEN;

    MemoryOwner(String name, MemorySegment.Scope scope, Runnable release) {
        this(name, scope, release, true);
    }

    private MemoryOwner(
            String name, MemorySegment.Scope scope, Runnable release, boolean allocates) {
        this.name = name;
        this.scope = scope;
        this.release = release;
        this.allocates = allocates;
        BY_SCOPE.put(scope, this);
    }

    /** Of foreign memory, of which nobody here knows what it is. */
    static MemoryOwner ofMapping(MemorySegment.Scope scope, Runnable release) {
        return new MemoryOwner("the mapping", scope, release, false);
    }

    static @Nullable MemoryOwner of(MemorySegment segment) {
        return BY_SCOPE.get(segment.scope());
    }

    /** Whether the memory is its own, and not foreign. */
    boolean allocates() {
        return allocates;
    }

    String name() {
        return name;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /**
     * Frees the memory, once.
     *
     * @throws IllegalStateException while another thread is closing it
     */
    void close(ClosePolicy policy) {
        if (!STATE.compareAndSet(this, State.OPEN, State.CLOSING)) {
            if (state == State.WITHHELD) {
                // The last proof may have come while something else kept the memory from being
                // freed.
                Quarantine.sweep();
            }
            requireOver();
            return;
        }
        try {
            List<OwnedTransfer> users = settleUsers(policy);
            if (!users.isEmpty()) {
                if (policy instanceof ClosePolicy.TerminateThenDrain) {
                    state = State.WITHHELD;
                    Quarantine.withhold(this);
                    if (state == State.FREED) {
                        // The last proof came meanwhile.
                        return;
                    }
                }
                throw new BuffersInFlightException(name, users);
            }
            free();
        } finally {
            // What was not freed and not withheld is usable again.
            STATE.compareAndSet(this, State.CLOSING, State.OPEN);
        }
    }

    /**
     * For memory that was withheld: frees it if the last proof has arrived. True if it is freed.
     */
    boolean freeIfUnused() {
        if (!ChannelRegistry.usersOf(this).isEmpty()
                || !STATE.compareAndSet(this, State.WITHHELD, State.FREEING)) {
            return state == State.FREED;
        }
        try {
            free();
            return true;
        } catch (IllegalStateException inUse) {
            // Somebody is inside a call that was given a segment of it: the next sweep tries again,
            // and the others that are withheld do not wait for this one.
            LOG.log(System.Logger.Level.WARNING, name + " stays withheld for now: " + inUse);
            return false;
        } finally {
            STATE.compareAndSet(this, State.FREEING, State.WITHHELD);
        }
    }

    private void requireOver() {
        switch (state) {
            case FREED -> {}
            case WITHHELD ->
                    throw new BuffersInFlightException(name, ChannelRegistry.usersOf(this));
            case OPEN, CLOSING, FREEING ->
                    throw new IllegalStateException(
                            name + " is being closed by another thread; leave it to that one");
        }
    }

    private List<OwnedTransfer> settleUsers(ClosePolicy policy) {
        List<OwnedTransfer> users = ChannelRegistry.usersOf(this);
        if (users.isEmpty() || policy instanceof ClosePolicy.Fail) {
            return users;
        }
        CallbackContext.refuse("close() of " + name);
        return switch (policy) {
            case ClosePolicy.Fail() -> users;
            case ClosePolicy.Drain() -> ChannelRegistry.awaitUnused(this, Optional.empty());
            case ClosePolicy.TerminateThenDrain(Duration timeout) -> {
                ChannelRegistry.terminateUsersOf(this);
                yield ChannelRegistry.awaitUnused(this, Optional.of(timeout));
            }
        };
    }

    private void free() {
        release.run();
        state = State.FREED;
        BY_SCOPE.remove(scope, this);
    }
}
