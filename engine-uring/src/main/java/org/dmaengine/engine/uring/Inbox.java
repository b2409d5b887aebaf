package org.dmaengine.engine.uring;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What others want of a worker: the channels that somebody rang, errands, and that it ends; and
 * whether it sleeps.
 *
 * <p>Wake-up: who rings puts the channel in, then looks at {@code sleeping}; the worker sets {@code
 * sleeping}, then looks for channels. All four are volatile accesses, and so in one order: one of
 * the two sees the other, and no ring is lost. Of several who see the worker sleep, one wakes it.
 * It is the same with errands, and with the end.
 *
 * <p>A channel that is in already is not put in again: the worker takes it out ({@code inInbox}),
 * then looks at its queue. What the client has issued it has published by a release only, which may
 * still be on its way when it looks at {@code inInbox}: hence the full fence in {@link #put}.
 */
final class Inbox {
    private static final VarHandle TOP;
    private static final VarHandle SLEEPING;
    private static final VarHandle IN_INBOX;

    static {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        try {
            TOP = lookup.findVarHandle(Inbox.class, "top", UringChannel.class);
            SLEEPING = lookup.findVarHandle(Inbox.class, "sleeping", boolean.class);
            IN_INBOX = lookup.findVarHandle(UringChannel.class, "inInbox", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @SuppressWarnings("UnusedVariable") // By TOP.
    private volatile @Nullable UringChannel top;

    // What is to be done to the rings, which only the worker may: one in a turn, at most.
    private final Queue<Runnable> errands = new ConcurrentLinkedQueue<>();

    private volatile boolean closed;
    private volatile boolean sleeping;

    /**
     * Any thread.
     *
     * @return true if the caller has to wake the worker
     */
    boolean put(UringChannel channel) {
        VarHandle.fullFence();
        if (channel.inInbox) {
            // It is taken out before it is looked at. Who put it in may not have woken the worker.
            return mustWake();
        }
        if (IN_INBOX.compareAndSet(channel, false, true)) {
            push(channel);
        }
        return mustWake();
    }

    private void push(UringChannel channel) {
        try {
            UringChannel before = top;
            channel.nextInInbox = before;
            while (!TOP.compareAndSet(this, before, channel)) {
                before = top;
                channel.nextInInbox = before;
            }
        } catch (Error outOfStack) {
            // Thrown on the way to the exchange, and not behind it: it is not in.
            channel.inInbox = false;
            throw outOfStack;
        }
    }

    /** As {@link #put}. */
    boolean put(Runnable errand) {
        errands.add(errand);
        return mustWake();
    }

    /** Nobody rings any more. As {@link #put}. */
    boolean close() {
        closed = true;
        return mustWake();
    }

    /** Any thread, after what the worker is to see. */
    boolean mustWake() {
        return sleeping && SLEEPING.compareAndSet(this, true, false);
    }

    /**
     * Who was to wake the worker could not: the next one has to. If it has woken meanwhile by
     * itself, it is woken once for nothing.
     */
    void notWoken() {
        sleeping = true;
    }

    // The worker's.

    boolean isEmpty() {
        return top == null && errands.isEmpty();
    }

    boolean isClosed() {
        return closed;
    }

    /** The next one, or null. */
    @Nullable Runnable errand() {
        return errands.poll();
    }

    /** All that are in it, the newest first, linked; null for none. */
    @Nullable UringChannel takeAll() {
        return top == null ? null : (UringChannel) TOP.getAndSet(this, null);
    }

    /** The next one of those taken; from here on it can be put in again. */
    static @Nullable UringChannel next(UringChannel taken) {
        UringChannel next = taken.nextInInbox;
        taken.nextInInbox = null;
        taken.inInbox = false;
        return next;
    }

    /** False if there is something to do: then it stays awake. */
    boolean fallAsleep() {
        sleeping = true;
        if (isEmpty()) {
            return true;
        }
        sleeping = false;
        return false;
    }

    void wakeUp() {
        sleeping = false;
    }
}
