package org.dmaengine.engine.sim;

import org.dmaengine.CookieCallback;
import org.dmaengine.Outcome;
import org.dmaengine.PeriodCallback;
import org.dmaengine.PeriodEvent;
import org.dmaengine.TransferCallback;
import org.dmaengine.TransferResult;
import org.dmaengine.spi.Scheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A callback that misbehaves by script: hand it to a descriptor in place of your own, which it
 * calls first. What it does wrong is said by the number of the call, from 1: throw, block for a
 * time or until {@link #release}, or loop. It counts its calls.
 *
 * {@snippet :
 * SimCallback callback =
 *         new SimCallback(simulation).throwing(2, new IllegalStateException()).blocking(3);
 * channel.submit(channel.prepMemcpy(target, source).onComplete(callback));
 * }
 *
 * Guarded by itself: channels may share it.
 */
public final class SimCallback implements TransferCallback, CookieCallback, PeriodCallback {
    /** What one call does, after the callback that is wrapped. */
    private interface Act {
        void act();
    }

    private final Scheduler scheduler;
    private final TransferCallback wrapped;

    // Guarded by this.
    private final Map<Integer, Act> script = new HashMap<>();
    private int calls;
    private int returned;
    private final List<Thread> blocked = new ArrayList<>();

    // Volatile: set by any thread, looked at by the calls that block.
    private volatile boolean released;

    /** One that does nothing else. */
    public SimCallback(Scheduler scheduler) {
        this(scheduler, result -> {});
    }

    /** One that calls another first, for completions. */
    public SimCallback(Scheduler scheduler, TransferCallback wrapped) {
        this.scheduler = scheduler;
        this.wrapped = wrapped;
    }

    /** The n-th call throws. */
    public SimCallback throwing(int call, RuntimeException thrown) {
        return on(
                call,
                () -> {
                    throw thrown;
                });
    }

    /** The n-th call throws what is none of the exceptions that people catch. */
    public SimCallback throwing(int call, Error thrown) {
        return on(
                call,
                () -> {
                    throw thrown;
                });
    }

    /** The n-th call takes so long. */
    public SimCallback blocking(int call, Duration duration) {
        return on(
                call,
                () -> {
                    long untilNanos = scheduler.nanoTime() + duration.toNanos();
                    parkUntil(() -> scheduler.nanoTime() - untilNanos >= 0, duration.toNanos());
                });
    }

    /** The n-th call returns when it is {@linkplain #release released}. */
    public SimCallback blocking(int call) {
        return on(call, () -> parkUntil(() -> released, Long.MAX_VALUE));
    }

    /** Not cut short by an interrupt; the flag is kept. */
    private void parkUntil(BooleanSupplier over, long nanos) {
        Thread me = Thread.currentThread();
        boolean interrupted = false;
        synchronized (this) {
            blocked.add(me);
        }
        try {
            while (!over.getAsBoolean()) {
                scheduler.park(nanos);
                interrupted |= Thread.interrupted();
            }
        } finally {
            synchronized (this) {
                blocked.remove(me);
            }
            if (interrupted) {
                me.interrupt();
            }
        }
    }

    /** The n-th call goes round so often, and lets others run each time. */
    public SimCallback looping(int call, int rounds) {
        if (rounds < 0) {
            throw new IllegalArgumentException(rounds + " rounds are fewer than none");
        }
        return on(
                call,
                () -> {
                    for (int i = 0; i < rounds; i++) {
                        scheduler.park(0);
                    }
                });
    }

    private synchronized SimCallback on(int call, Act act) {
        if (call < 1) {
            throw new IllegalArgumentException("calls count from 1, not from " + call);
        }
        script.put(call, act);
        return this;
    }

    /** Lets the calls return that are blocked until then, and those that would be. */
    public synchronized void release() {
        released = true;
        blocked.forEach(scheduler::unpark);
    }

    /** How often it was called. */
    public synchronized int calls() {
        return calls;
    }

    /** How many calls are over, by return or by exception. */
    public synchronized int returned() {
        return returned;
    }

    /** Whether a call has not returned yet. */
    public synchronized boolean isRunning() {
        return calls > returned;
    }

    @Override
    public void onComplete(TransferResult result) {
        call(() -> wrapped.onComplete(result));
    }

    @Override
    public void onComplete(long cookie, Outcome outcome, long bytes) {
        call(() -> {});
    }

    @Override
    public void onPeriod(PeriodEvent event) {
        call(() -> {});
    }

    private void call(Act first) {
        Act act;
        synchronized (this) {
            act = script.getOrDefault(++calls, () -> {});
        }
        try {
            first.act();
            act.act();
        } finally {
            synchronized (this) {
                returned++;
            }
        }
    }
}
