package org.dmaengine.engine.cpu;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A bounded crew of threads that serve one queue of channels: the memory workers, and, as another
 * crew, the I/O threads. A thread is started when there is work and none is idle.
 *
 * <p>A worker is working, searching or parked. Searching workers look at the queue by themselves,
 * so a doorbell wakes one only if there is more work than searchers.
 */
final class Crew implements Lane {
    private final String role;
    private final int workersMax;
    private final int spins;
    private final long idleNanos;
    private final int turnTransfers;
    private final boolean movesMemory;
    private final Scheduler scheduler;

    private final Object lock = new Object();
    // Guarded by lock.
    private final ReadyList ready = new ReadyList();
    private final Deque<Worker> parked = new ArrayDeque<>();
    private int workers;
    private int started;
    private int searching;
    // Volatile: written under lock; searching workers look without it, and take under it.
    private volatile boolean attention;
    private volatile boolean closed;

    /**
     * @param role threads are named by it and a number
     * @param workersMax the most threads at once
     * @param spins how often an idle worker looks again before it yields and parks
     * @param idleNanos after so long without work a thread ends; {@link Long#MAX_VALUE} for never
     * @param turnTransfers see {@link Lane#turnTransfers}
     * @param movesMemory whether it is the crew of the memory workers
     */
    Crew(
            String role,
            int workersMax,
            int spins,
            long idleNanos,
            int turnTransfers,
            boolean movesMemory,
            Scheduler scheduler) {
        this.role = role;
        this.workersMax = workersMax;
        this.spins = spins;
        this.idleNanos = idleNanos;
        this.turnTransfers = turnTransfers;
        this.movesMemory = movesMemory;
        this.scheduler = scheduler;
    }

    @Override
    public void ready(CpuChannel channel) {
        queue(channel, 0);
    }

    @Override
    public void requeue(CpuChannel channel) {
        queue(channel, 1);
    }

    /**
     * @param comingBack threads that will look at the queue though they do not search yet
     */
    private void queue(CpuChannel channel, int comingBack) {
        Worker toWake = null;
        Worker toStart = null;
        int number = 0;
        synchronized (lock) {
            ready.append(channel);
            attention = true;
            if (ready.size() > searching + comingBack) {
                toWake = parked.pollLast();
                if (toWake != null) {
                    search(toWake);
                } else if (workers < workersMax) {
                    workers++;
                    number = started++;
                    toStart = new Worker(this, spins);
                    search(toStart);
                }
            }
        }
        if (toWake != null) {
            toWake.unpark(scheduler);
        } else if (toStart != null) {
            start(toStart, number);
        }
    }

    private void start(Worker worker, int number) {
        try {
            scheduler.start(role + "-" + number, worker);
        } catch (Error outOfThreads) {
            synchronized (lock) {
                stopSearching(worker);
                workers--;
                if (workers == 0) {
                    // Nobody is left who would come for the channel.
                    throw outOfThreads;
                }
            }
        }
    }

    @Override
    public boolean withdraw(CpuChannel channel) {
        synchronized (lock) {
            return ready.remove(channel);
        }
    }

    @Override
    public boolean endsAnywhere() {
        return true;
    }

    @Override
    public Lane onward() {
        return this;
    }

    @Override
    public boolean movesMemory() {
        return movesMemory;
    }

    @Override
    public boolean othersWait() {
        return attention;
    }

    @Override
    public int looks() {
        return movesMemory ? spins : 0;
    }

    @Override
    public int turnTransfers() {
        return turnTransfers;
    }

    /** Threads end when nothing is queued any more. */
    void close() {
        synchronized (lock) {
            closed = true;
            attention = true;
            parked.forEach(worker -> worker.unpark(scheduler));
        }
    }

    // For the workers.

    /** Whether a look at the queue is worth the lock. */
    boolean wantsAttention() {
        return attention;
    }

    /** Takes the next channel; without one the worker is searching from here on. */
    @Nullable CpuChannel next(Worker worker) {
        synchronized (lock) {
            CpuChannel channel = ready.poll();
            if (channel == null) {
                search(worker);
            } else {
                stopSearching(worker);
            }
            attention = ready.size() > 0 || closed;
            return channel;
        }
    }

    /**
     * Parks a searching worker until there is work.
     *
     * @return false if the thread is to end
     */
    boolean park(Worker worker) {
        synchronized (lock) {
            if (ready.size() > 0) {
                return true;
            }
            stopSearching(worker);
            if (closed) {
                workers--;
                return false;
            }
            parked.addLast(worker);
        }
        long since = scheduler.nanoTime();
        scheduler.park(idleNanos);
        // The threads are the engine's own: an interrupt is nobody's message, and would close
        // files.
        Thread.interrupted();
        synchronized (lock) {
            boolean woken = worker.searching;
            if (!woken) {
                parked.remove(worker);
                boolean tooLong =
                        idleNanos != Long.MAX_VALUE && scheduler.nanoTime() - since >= idleNanos;
                if (tooLong && ready.size() == 0) {
                    workers--;
                    return false;
                }
                search(worker);
            }
            return true;
        }
    }

    private void search(Worker worker) {
        if (!worker.searching) {
            worker.searching = true;
            searching++;
        }
    }

    private void stopSearching(Worker worker) {
        if (worker.searching) {
            worker.searching = false;
            searching--;
        }
    }
}
