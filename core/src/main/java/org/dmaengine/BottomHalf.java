package org.dmaengine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What was noted under a channel's lock, and is done once that is left (kernel: the bottom half of
 * an interrupt handler): calls of the engine, of executors and of listeners. So the lock stays a
 * leaf.
 */
final class BottomHalf {
    // What run() is to do.
    static final int CONTROL = 1;
    static final int START = 2;
    static final int CALLBACKS = 4;
    static final int SWEEP = 8;
    static final int THREADS = 16;
    private static final int FUTURES = 32;
    private static final int FAULTS = 64;

    private final VirtualChannel channel;

    // Guarded by the channel's lock.
    private int noted;
    // Mostly nobody ever asks for one.
    private @Nullable Deque<Transfer> futures;
    private List<Fault> faults = List.of();

    BottomHalf(VirtualChannel channel) {
        this.channel = channel;
    }

    // Under the channel's lock.

    void note(int what) {
        noted |= what;
    }

    boolean isNoted(int what) {
        return (noted & what) != 0;
    }

    /** The transfer has its outcome; what hangs on its futures is to run. */
    void complete(Transfer transfer) {
        if (futures().isEmpty()) {
            // Else a task is on its way that sees to the next one.
            note(FUTURES);
        } else if (channel.engine.callbackThreads().isStranded()) {
            note(THREADS);
        }
        futures().add(transfer);
    }

    void report(Fault fault) {
        if (faults.isEmpty()) {
            faults = new ArrayList<>();
        }
        faults.add(fault);
        note(FAULTS);
    }

    /** The last step under the lock: what to give to {@link #run}. */
    int take() {
        int todo = noted;
        // Mostly there is nothing, and submitters read fields of the same cache line.
        if (todo != 0) {
            noted = 0;
        }
        return todo;
    }

    // Without the channel's lock.

    /** The next start comes first (C1, C3). */
    void run(int todo) {
        if ((todo & CONTROL) != 0) {
            channel.control.run();
        }
        if ((todo & START) != 0) {
            channel.startEngine();
        }
        if ((todo & CALLBACKS) != 0) {
            channel.runner.schedule();
        }
        CallbackThreads threads = channel.engine.callbackThreads();
        if ((todo & FUTURES) != 0) {
            threads.execute(this::completeFutures);
        }
        if ((todo & SWEEP) != 0) {
            threads.execute(channel.engine::sweep);
        }
        if ((todo & THREADS) != 0) {
            threads.startIfStranded();
        }
        if ((todo & FAULTS) != 0) {
            reportFaults();
        }
    }

    /**
     * Of one transfer: what hangs on a future may wait, also for the next transfer's, which is
     * another task's by then.
     */
    private void completeFutures() {
        Transfer first;
        boolean more;
        synchronized (channel.lock) {
            first = futures().removeFirst();
            more = !futures().isEmpty();
        }
        CallbackThreads threads = channel.engine.callbackThreads();
        if (more) {
            threads.execute(this::completeFutures);
        }
        first.completeFutures(threads);
    }

    private Deque<Transfer> futures() {
        Deque<Transfer> known = futures;
        if (known == null) {
            known = new ArrayDeque<>();
            futures = known;
        }
        return known;
    }

    private void reportFaults() {
        List<Fault> batch;
        synchronized (channel.lock) {
            batch = faults;
            faults = List.of();
        }
        batch.forEach(channel.engine::report);
    }
}
