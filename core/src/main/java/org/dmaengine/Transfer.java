package org.dmaengine;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The handle of one submitted transfer. It always gets the outcome, also after a termination (C5).
 * Any thread may use it.
 */
public final class Transfer {
    private static final VarHandle WAITERS;
    private static final VarHandle FUTURES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WAITERS = lookup.findVarHandle(Transfer.class, "waiters", Waiter.class);
            FUTURES = lookup.findVarHandle(Transfer.class, "futures", Listener.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** A thread that awaits the outcome; a stack, in no order. */
    private record Waiter(Thread thread, @Nullable Waiter next) {}

    /** A future that was handed out; a stack, newest first. */
    private record Listener(CompletableFuture<TransferResult> future, @Nullable Listener next) {}

    private final VirtualChannel channel;
    private final Scheduler scheduler;

    // Written once, under the channel's lock, before the handle is given out.
    private long cookie;

    // Volatile: written once under the channel's lock, after the last touch; read anywhere. Seeing
    // it implies seeing the bytes (C17).
    private volatile @Nullable TransferResult result;

    // Volatile: set under the channel's lock when the engine is lost (C12); result may still
    // follow.
    private volatile @Nullable EngineLostException lost;

    // Both pushed by CAS by any thread, emptied by whoever publishes. A push is followed by a look
    // at result, a publication by a look at the stack: one of the two sees the other. A wait that
    // ends at its deadline takes its thread off, by a CAS to a new stack of the others.
    private volatile @Nullable Waiter waiters;
    private volatile @Nullable Listener futures;

    Transfer(VirtualChannel channel, Scheduler scheduler) {
        this.channel = channel;
        this.scheduler = scheduler;
    }

    /** The number that submit gave it: strictly rising on its channel, never reused. */
    public long cookie() {
        return cookie;
    }

    /** The channel it was submitted to. */
    public DmaChannel channel() {
        return channel;
    }

    /** The outcome, once there is one. Seeing it means that the buffers are free (C2). */
    public Optional<TransferResult> result() {
        return Optional.ofNullable(result);
    }

    /**
     * Waits for the outcome. Not cut short by an interrupt; the flag is kept (C11). Platform and
     * virtual threads may call.
     *
     * @throws CallbackContextException inside a callback (C10)
     * @throws EngineLostException if the engine is lost and the transfer was on it (C12)
     */
    public TransferResult await() {
        TransferResult known = awaitUntil(Long.MAX_VALUE);
        if (known != null) {
            return known;
        }
        EngineLostException cause = lost;
        assert cause != null : "an untimed wait ended with neither outcome nor loss";
        throw cause;
    }

    /**
     * Waits for the outcome, with a deadline that ends the wait and never the ownership (C11).
     *
     * @return {@link Quiesced} when {@link #result} is there, else what is still owned
     * @throws CallbackContextException inside a callback (C10)
     */
    public Quiescence await(Duration timeout) {
        TransferResult known = awaitUntil(Deadline.after(scheduler, timeout));
        if (known == null) {
            StillOwned owned =
                    channel.inFlight.stillOwned(cookie, "the transfer has no outcome yet");
            if (result == null) {
                return owned;
            }
            // The outcome came behind the deadline, and is not to be told as owned without a name.
        }
        return new Quiesced(channel.inFlight.receiptOf(List.of()));
    }

    /**
     * A future of the outcome. Cancelling or completing it only detaches it: the transfer goes on,
     * and its buffers stay owned. It is completed on a thread of the engine, never inside a
     * callback, and completed exceptionally only by {@link EngineLostException}. Each call makes
     * another one, which is kept until there is an outcome: to wait in several steps, ask once.
     */
    public CompletableFuture<TransferResult> toFuture() {
        CompletableFuture<TransferResult> future = new CompletableFuture<>();
        complete(future);
        if (future.isDone()) {
            // Nobody would take it off the stack any more.
            return future;
        }
        Listener head;
        do {
            head = futures;
        } while (!FUTURES.compareAndSet(this, head, new Listener(future, head)));
        complete(future);
        return future;
    }

    /** See {@link DmaChannel#acknowledge}. */
    public void acknowledge() {
        channel.acknowledge(cookie);
    }

    // For the channel.

    void setCookie(long newCookie) {
        cookie = newCookie;
    }

    /** Under the channel's lock. True if {@link #completeFutures} is to be called without it. */
    boolean publish(TransferResult newResult) {
        result = newResult;
        wakeWaiters();
        return futures != null;
    }

    /** Under the channel's lock. True if {@link #completeFutures} is to be called without it. */
    boolean publishLost(EngineLostException exception) {
        lost = exception;
        wakeWaiters();
        return futures != null;
    }

    /**
     * Runs what clients attached to their futures: never call it with a lock held.
     *
     * @param others runs what is attached to all but the first: each may wait for another
     */
    void completeFutures(Executor others) {
        complete((Listener) FUTURES.getAndSet(this, null), others);
    }

    private void complete(@Nullable Listener first, Executor others) {
        if (first == null) {
            return;
        }
        Listener next = first.next;
        if (next != null) {
            others.execute(() -> complete(next, others));
        }
        complete(first.future);
    }

    /** If it is known what became of the transfer. */
    private void complete(CompletableFuture<TransferResult> future) {
        TransferResult known = result;
        EngineLostException cause = lost;
        if (known != null) {
            future.complete(known);
        } else if (cause != null) {
            future.completeExceptionally(cause);
        }
    }

    private void wakeWaiters() {
        Waiter waiter = (Waiter) WAITERS.getAndSet(this, null);
        for (; waiter != null; waiter = waiter.next) {
            scheduler.unpark(waiter.thread);
        }
    }

    private @Nullable TransferResult awaitUntil(long deadlineNanos) {
        CallbackContext.refuse("Transfer.await()");
        boolean interrupted = false;
        try {
            while (result == null && lost == null) {
                Thread me = Thread.currentThread();
                if (!isPushed(me)) {
                    // Then once more round, to see what was published before the push.
                    push(me);
                    continue;
                }
                long left = Deadline.left(scheduler, deadlineNanos);
                if (left <= 0) {
                    takeOff(me);
                    break;
                }
                scheduler.park(left);
                interrupted |= Thread.interrupted();
            }
            return result;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void push(Thread thread) {
        Waiter head;
        do {
            head = waiters;
        } while (!WAITERS.compareAndSet(this, head, new Waiter(thread, head)));
    }

    /** At a deadline, or every thread that ever waited would be kept until the outcome. */
    private void takeOff(Thread thread) {
        Waiter head;
        Waiter others;
        do {
            head = waiters;
            others = null;
            for (Waiter waiter = head; waiter != null; waiter = waiter.next) {
                if (!waiter.thread.equals(thread)) {
                    others = new Waiter(waiter.thread, others);
                }
            }
        } while (!WAITERS.compareAndSet(this, head, others));
    }

    private boolean isPushed(Thread thread) {
        for (Waiter waiter = waiters; waiter != null; waiter = waiter.next) {
            if (waiter.thread.equals(thread)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        TransferResult known = result;
        return "Transfer["
                + cookie
                + " on "
                + channel.name()
                + ": "
                + (known == null ? "in progress" : known.outcome())
                + "]";
    }
}
