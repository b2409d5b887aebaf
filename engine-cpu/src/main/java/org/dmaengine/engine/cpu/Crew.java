package org.dmaengine.engine.cpu;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A bounded crew of threads that serve one queue of channels: the memory workers, and, as another
 * crew, the I/O threads. A thread is started when there is work and none is idle.
 *
 * <h2>The queue</h2>
 *
 * Who makes a channel ready pushes it onto {@code rung}, by CAS: a doorbell waits for nobody. The
 * workers serve {@code ready}, oldest first; when it is empty, one of them moves all that was rung
 * into it. Only they take {@code lock}, whoever has to call one of them, and who takes a channel
 * back.
 *
 * <h2>Who comes</h2>
 *
 * <pre>
 *   WORKING    serves a channel, which may take long
 *   SEARCHING  looks at the queue by itself, for a while; or soon, after a turn that is brief
 *   PARKED     has to be called
 * </pre>
 *
 * While one is SEARCHING nobody has to be called. Otherwise, if there is one to be had, {@code
 * callable} says so. It is volatile as {@code rung} is, and so all accesses are in one order: who
 * pushes looks whether to call afterwards; a worker that ceases to search, for work or for sleep,
 * looks at the queue afterwards. One of the two sees the other. The worker that finds more than it
 * takes calls the next one.
 *
 * <p>A turn of nothing but a few small copies is over before another worker would have come, and
 * that one would take a core from whoever submits, where there are no more. So who takes a channel
 * goes on SEARCHING if the turn may be brief, unless others have waited during so many turns that
 * there is work for two; before it does anything that may take longer, it ceases to: {@link
 * #mayTakeLong}.
 */
final class Crew implements Lane {
    /** So many brief turns take about as long as the wake-up of another worker: some 60 µs. */
    static final int BRIEF_TURNS_MAX = 64;

    private static final VarHandle RUNG;

    static {
        try {
            RUNG = MethodHandles.lookup().findVarHandle(Crew.class, "rung", CpuChannel.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final String role;
    private final int workersMax;
    private final int briefWorkersMax;
    private final int spins;
    private final long idleNanos;
    private final int turnTransfers;
    private final boolean movesMemory;
    private final Scheduler scheduler;

    // The newest of those that were rung; each knows the one before it.
    private volatile @Nullable CpuChannel rung;

    private final Object lock = new Object();
    // Guarded by lock.
    private final ReadyList ready = new ReadyList();
    private final Deque<Worker> parked = new ArrayDeque<>();
    private int workers;
    private int started;
    private int searching;
    // So many turns were begun, by all workers, since one left nothing waiting, or called another.
    private int turnsWithoutPause;
    // Written under lock, read without it: nobody searches, and somebody could be called.
    private volatile boolean callable = true;
    // Written under lock, read without it: the list of those ready is not empty.
    private volatile boolean backlog;
    private volatile boolean closed;

    /**
     * @param role threads are named by it and a number
     * @param workersMax the most threads at once
     * @param briefWorkersMax so many of them at most are called for nothing but brief turns
     * @param spins how often an idle worker looks again before it yields and parks
     * @param idleNanos after so long without work a thread ends; {@link Long#MAX_VALUE} for never
     * @param turnTransfers see {@link Lane#turnTransfers}
     * @param movesMemory whether it is the crew of the memory workers
     */
    Crew(
            String role,
            int workersMax,
            int briefWorkersMax,
            int spins,
            long idleNanos,
            int turnTransfers,
            boolean movesMemory,
            Scheduler scheduler) {
        this.role = role;
        this.workersMax = workersMax;
        this.briefWorkersMax = briefWorkersMax;
        this.spins = spins;
        this.idleNanos = idleNanos;
        this.turnTransfers = turnTransfers;
        this.movesMemory = movesMemory;
        this.scheduler = scheduler;
    }

    @Override
    public void ready(CpuChannel channel) {
        push(channel);
        if (callable) {
            call(somebody());
        }
    }

    @Override
    public void requeue(CpuChannel channel) {
        push(channel);
    }

    private void push(CpuChannel channel) {
        CpuChannel before = rung;
        channel.readyNext = before;
        while (!RUNG.compareAndSet(this, before, channel)) {
            before = rung;
            channel.readyNext = before;
        }
    }

    private @Nullable Worker somebody() {
        synchronized (lock) {
            return toCall();
        }
    }

    /** One who searches from here on, and is to be called; null if nobody has to be. */
    private @Nullable Worker toCall() {
        if (!callable || !hasWork()) {
            return null;
        }
        Worker worker = parked.pollLast();
        if (worker == null) {
            workers++;
            worker = new Worker(this, spins, started++);
        }
        search(worker);
        turnsWithoutPause = 0;
        return worker;
    }

    private void call(@Nullable Worker worker) {
        if (worker != null && !worker.unpark(scheduler)) {
            start(worker);
        }
    }

    private void start(Worker worker) {
        try {
            scheduler.start(role + "-" + worker.number(), worker);
        } catch (Throwable outOfThreads) {
            synchronized (lock) {
                workers--;
                stopSearching(worker);
                if (workers == 0) {
                    // Nobody is left who would come for the channel.
                    throw outOfThreads;
                }
            }
            // One of the others comes, or who is started at the next doorbell. That may be long.
            Uncaught.tell(outOfThreads);
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
        return rung != null || backlog;
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
            parked.forEach(worker -> worker.unpark(scheduler));
        }
    }

    // For the workers.

    /** Whether a look at the queue is worth the lock. */
    boolean wantsAttention() {
        return othersWait() || closed;
    }

    /** Takes the next channel; without one, or with a brief one, the worker is searching then. */
    @Nullable CpuChannel next(Worker worker) {
        CpuChannel channel;
        Worker another = null;
        synchronized (lock) {
            if (ready.isEmpty() && rung != null) {
                ready.appendNewestFirst((CpuChannel) RUNG.getAndSet(this, null));
            }
            channel = ready.poll();
            updateBacklog();
            turnsWithoutPause = hasWork() ? turnsWithoutPause + 1 : 0;
            if (channel == null || (channel.brief && !isWorkForMore())) {
                search(worker);
            } else {
                stopSearching(worker);
                another = toCall();
            }
        }
        call(another);
        return channel;
    }

    /** Whether brief turns alone are worth one more worker than are awake. */
    private boolean isWorkForMore() {
        return turnsWithoutPause >= BRIEF_TURNS_MAX && workers - parked.size() < briefWorkersMax;
    }

    /** What the worker does next may take long: those who wait are not to wait for that. */
    void mayTakeLong(Worker worker) {
        Worker another;
        synchronized (lock) {
            stopSearching(worker);
            another = toCall();
        }
        call(another);
    }

    /** Takes a channel out of the queue; false if a worker has done so. */
    boolean withdraw(CpuChannel channel) {
        synchronized (lock) {
            ready.appendNewestFirst((CpuChannel) RUNG.getAndSet(this, null));
            boolean stood = ready.remove(channel);
            updateBacklog();
            return stood;
        }
    }

    private void updateBacklog() {
        boolean now = !ready.isEmpty();
        if (backlog != now) {
            backlog = now;
        }
    }

    private boolean hasWork() {
        return !ready.isEmpty() || rung != null;
    }

    /**
     * Parks a searching worker until there is work.
     *
     * @return false if the thread is to end
     */
    boolean park(Worker worker) {
        synchronized (lock) {
            if (closed && !hasWork()) {
                workers--;
                stopSearching(worker);
                return false;
            }
            parked.addLast(worker);
            stopSearching(worker);
            if (closed || hasWork()) {
                parked.removeLast();
                search(worker);
                return true;
            }
        }
        long since = scheduler.nanoTime();
        scheduler.park(idleNanos);
        // The threads are the engine's own: an interrupt is nobody's message, and with it none
        // would ever park again.
        Thread.interrupted();
        synchronized (lock) {
            boolean called = worker.searching;
            if (!called) {
                parked.remove(worker);
                boolean tooLong =
                        idleNanos != Long.MAX_VALUE && scheduler.nanoTime() - since >= idleNanos;
                if (tooLong && !hasWork()) {
                    workers--;
                    updateCallable();
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
        updateCallable();
    }

    private void stopSearching(Worker worker) {
        if (worker.searching) {
            worker.searching = false;
            searching--;
        }
        updateCallable();
    }

    private void updateCallable() {
        boolean now = searching == 0 && (!parked.isEmpty() || workers < workersMax);
        if (callable != now) {
            callable = now;
        }
    }
}
