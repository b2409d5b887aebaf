package org.dmaengine.engine.sim;

import org.dmaengine.EngineDescription;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * The controller: an event loop on one thread. An event is a burst, a completion entry, an
 * acknowledged stop; it happens at its time, holding the controller's monitor, and touches memory
 * then and at no other time. What is to be told to the core is told afterwards, without the
 * monitor. Between any two events, and any two reports, the thread offers the processor, so that a
 * simulation can let others in.
 */
final class SimController implements EngineBackend {
    /** How soon a peripheral that was not ready is asked again. */
    private static final long POLL_NANOS = 10_000;

    /** What happens at a time; equal times in the order they were planned. */
    private record Event(long atNanos, long order, Runnable body) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atNanos != other.atNanos
                    ? Long.compare(atNanos, other.atNanos)
                    : Long.compare(order, other.order);
        }
    }

    final SimModel model;
    final SimObserver observer;
    private final FaultPlan plan;
    private final EngineDescription description;
    private final Scheduler scheduler;
    private final Choices choices;
    private final Thread thread;

    // Guarded by this.
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<SimChannel> channels = new ArrayList<>();
    private final List<SimJob> running = new ArrayList<>();
    private final List<Thread> waiters = new ArrayList<>();
    private long planned;
    private long taken;
    private long fullUntilNanos = Long.MIN_VALUE;

    // Volatile: set by any thread, taken by the controller's before it looks.
    private volatile boolean rung;
    private volatile boolean closed;

    SimController(
            SimModel model,
            FaultPlan plan,
            SimObserver observer,
            EngineDescription description,
            Scheduler scheduler) {
        this.model = model;
        this.plan = plan;
        this.observer = observer;
        this.description = description;
        this.scheduler = scheduler;
        this.choices = Choices.of(model.seed);
        this.thread = scheduler.start("dma-sim", this::loop);
    }

    @Override
    public EngineDescription description() {
        return description;
    }

    @Override
    public ChannelBackend openChannel(int index, ChannelQueue queue) {
        SimChannel channel = new SimChannel(this, queue);
        synchronized (this) {
            channels.add(channel);
        }
        return channel;
    }

    synchronized void remove(SimChannel channel) {
        channels.remove(channel);
    }

    @Override
    public void close() {
        closed = true;
        ring();
    }

    /** There may be something to do. */
    void ring() {
        rung = true;
        scheduler.unpark(thread);
    }

    /** Without the monitor: a place where a simulation may let others in. */
    void offer() {
        scheduler.park(0);
    }

    // ---- The loop

    private void loop() {
        while (!closed) {
            rung = false;
            Runnable report;
            long idleNanos;
            synchronized (this) {
                boolean happened = happenOne();
                pullAndBegin();
                report = nextReport();
                idleNanos = happened || report != null ? 0 : untilNext();
            }
            if (report != null) {
                report.run();
            }
            scheduler.park(rung ? 0 : idleNanos);
        }
    }

    private boolean happenOne() {
        Event next = events.peek();
        if (next == null || next.atNanos > scheduler.nanoTime()) {
            return false;
        }
        events.remove();
        next.body.run();
        return true;
    }

    private long untilNext() {
        Event next = events.peek();
        return next == null ? Long.MAX_VALUE : Math.max(0, next.atNanos - scheduler.nanoTime());
    }

    private @Nullable Runnable nextReport() {
        for (SimChannel channel : channels) {
            if (channel.hasReports()) {
                return channel.nextReport();
            }
        }
        return null;
    }

    private void pullAndBegin() {
        if (scheduler.nanoTime() >= fullUntilNanos) {
            channels.forEach(SimChannel::pull);
        }
        while (running.size() < model.physicalChannels) {
            SimJob next = nextWaiting();
            if (next == null) {
                return;
            }
            begin(next);
        }
    }

    /** Fair between channels by chance; in order within each, unless the model says otherwise. */
    private @Nullable SimJob nextWaiting() {
        List<SimJob> candidates = new ArrayList<>();
        for (SimChannel channel : channels) {
            if (channel.paused || channel.gone) {
                continue;
            }
            for (SimJob job : channel.jobs) {
                if (job.phase == SimJob.Phase.WAITING) {
                    candidates.add(job);
                }
                if (model.inOrder && job.phase != SimJob.Phase.DONE) {
                    break;
                }
            }
        }
        return candidates.isEmpty() ? null : choices.of(candidates);
    }

    // ---- For channels, holding the monitor

    /** Plans an event. */
    void after(long nanos, Runnable body) {
        long now = scheduler.nanoTime();
        long at = nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
        events.add(new Event(at, planned++, body));
        ring();
    }

    @Nullable SimFault nextFault() {
        return plan.of(++taken);
    }

    /** Replaces the burst that was planned for the job, if any. */
    void planBurst(SimJob job, long nanos) {
        int mine = ++job.planned;
        after(
                nanos,
                () -> {
                    if (mine == job.planned) {
                        burst(job);
                    }
                });
    }

    private void begin(SimJob job) {
        running.add(job);
        job.phase = SimJob.Phase.RUNNING;
        SimFault fault = job.fault;
        if (fault instanceof SimFault.QueueFull(long nanos)) {
            observer.fault(job.channel.name(), job.ticket, fault);
            fullUntilNanos = scheduler.nanoTime() + nanos;
            after(nanos, () -> {});
        } else if (fault instanceof SimFault.Gone(long backAfterNanos)) {
            observer.fault(job.channel.name(), job.ticket, fault);
            vanish(backAfterNanos);
        }
        after(model.watchdogNanos, () -> watch(job));
        try {
            job.takePeripheral();
        } catch (IOException refused) {
            done(job, job.failedSide(), TransferError.of(refused));
            return;
        }
        planBurst(job, model.latencyNanos);
    }

    /** One step of a job that runs. */
    private void burst(SimJob job) {
        if (job.phase != SimJob.Phase.RUNNING || job.channel.paused || isFrozen(job)) {
            return;
        }
        if (job.stopping && !job.runaway) {
            done(job, Outcome.ABORTED, null);
            return;
        }
        try {
            if (job.runaway) {
                job.touchAgain();
                planBurst(job, POLL_NANOS);
            } else {
                move(job);
            }
        } catch (IOException failed) {
            done(job, job.failedSide(), TransferError.of(failed));
        }
    }

    private static boolean isFrozen(SimJob job) {
        return job.channel.gone && !job.runaway;
    }

    private void move(SimJob job) throws IOException {
        long limit = job.isCyclic() ? Long.MAX_VALUE : job.lengthBytes;
        long faultAt = Math.min(faultAt(job), limit);
        if (job.bytes == faultAt && happens(job)) {
            return;
        }
        if (job.isAtEnd()) {
            done(job, Outcome.COMPLETE, null);
            return;
        }
        if (job.isCyclic() && !job.periodBegun && !job.transfer.mayStartPeriod()) {
            // Its channel's doorbell wakes it.
            job.starved = true;
            return;
        }
        job.periodBegun = true;
        long moved = job.burst(model.burstBytes, job.bytes < faultAt ? faultAt : limit);
        job.starved = moved == 0;
        if (moved > 0) {
            moved(job, moved);
        } else if (moved == 0) {
            planBurst(job, POLL_NANOS);
        } else if (job.isCyclic()) {
            done(
                    job,
                    Outcome.READ_FAILED,
                    TransferError.of(0, "the source ended during a cyclic transfer"));
        } else {
            done(job, Outcome.COMPLETE, null);
        }
    }

    private void moved(SimJob job, long moved) {
        boolean told =
                switch (model.residue) {
                    case BURST -> !job.isCyclic() || job.isAtBoundary();
                    case SEGMENT -> job.isAtBoundary();
                    case DESCRIPTOR -> false;
                };
        if (told) {
            job.transfer.progress(job.bytes);
        }
        if (job.isCyclic() && job.isAtBoundary()) {
            job.periodBegun = false;
            job.channel.tellPeriod(job);
        }
        planBurst(job, model.burstNanos(moved));
    }

    private static long faultAt(SimJob job) {
        return switch (job.fault) {
            case SimFault.ReadError(long atByte) -> atByte;
            case SimFault.WriteError(long atByte) -> atByte;
            case SimFault.TornWrite(long atByte) -> atByte;
            case SimFault.Partial(long atByte) -> atByte;
            case SimFault.Stuck _ -> job.wasStuck ? Long.MAX_VALUE : job.lengthBytes / 2;
            case null, default -> Long.MAX_VALUE;
        };
    }

    /** The fault's byte is reached. True if the burst is over with that. */
    private boolean happens(SimJob job) throws IOException {
        SimFault fault = job.fault;
        if (fault == null || job.lengthBytes == 0 || job.isAtEnd()) {
            return false;
        }
        switch (fault) {
            case SimFault.ReadError _ -> fail(job, Outcome.READ_FAILED);
            case SimFault.WriteError _ -> fail(job, Outcome.WRITE_FAILED);
            case SimFault.TornWrite _ -> {
                job.tear(model.burstBytes);
                fail(job, Outcome.WRITE_FAILED);
            }
            case SimFault.Partial _ -> {
                if (job.isCyclic()) {
                    return false;
                }
                done(job, Outcome.COMPLETE, null);
            }
            case SimFault.Stuck(long nanos) -> {
                job.wasStuck = true;
                planBurst(job, nanos);
            }
            default -> {
                return false;
            }
        }
        observer.fault(job.channel.name(), job.ticket, fault);
        return true;
    }

    private void fail(SimJob job, Outcome side) {
        done(job, side, TransferError.of(5, "simulated error at byte " + job.bytes));
    }

    /** The last touch is over; the completion entry follows. */
    void done(SimJob job, Outcome outcome, @Nullable TransferError error) {
        job.phase = SimJob.Phase.DONE;
        job.outcome = outcome;
        job.error = error;
        job.giveBackPeripheral();
        running.remove(job);
        observer.lastTouch(job.channel.name(), job.ticket);
        long late = 0;
        if (job.fault instanceof SimFault.LateCompletion(long nanos)) {
            observer.fault(job.channel.name(), job.ticket, job.fault);
            late = nanos;
        } else if (job.fault instanceof SimFault.LostCompletion && outcome == Outcome.COMPLETE) {
            observer.fault(job.channel.name(), job.ticket, job.fault);
            return;
        }
        after(model.completionNanos + late, () -> job.channel.entered(job));
    }

    /** The driver's watchdog: a lost entry is found, a stuck transfer means a lost engine (C12). */
    private void watch(SimJob job) {
        switch (job.phase) {
            case WAITING, REPORTED -> {}
            case DONE -> {
                if (!job.entered) {
                    job.channel.entered(job);
                }
            }
            case RUNNING -> {
                boolean mayWait = (job.starved || job.isCyclic()) && !job.runaway;
                if (mayWait || job.channel.paused) {
                    after(model.watchdogNanos, () -> watch(job));
                } else if (!job.channel.gone) {
                    job.channel.lost(
                            "no completion of ticket "
                                    + job.ticket
                                    + " within "
                                    + model.watchdogNanos
                                    + " ns");
                }
            }
        }
    }

    private void vanish(long backAfterNanos) {
        List<SimChannel> all = List.copyOf(channels);
        all.forEach(each -> each.lost("the simulated controller is gone"));
        if (backAfterNanos != Long.MAX_VALUE) {
            after(backAfterNanos, () -> all.forEach(SimController::comeBack));
        }
    }

    /** What it held when it was lost ends now, and is reported: the late proof. */
    private static void comeBack(SimChannel channel) {
        channel.abandon();
    }

    /** See {@link SimEngine#heal}. */
    void heal() {
        synchronized (this) {
            fullUntilNanos = Long.MIN_VALUE;
            for (SimChannel channel : List.copyOf(channels)) {
                channel.heal();
            }
        }
        ring();
    }

    // ---- Waiting for the controller (P5)

    boolean await(BooleanSupplier condition, long deadlineNanos) {
        Thread me = Thread.currentThread();
        while (true) {
            synchronized (this) {
                if (condition.getAsBoolean()) {
                    waiters.remove(me);
                    return true;
                }
                waiters.remove(me);
                long left = deadlineNanos - scheduler.nanoTime();
                if (deadlineNanos != Long.MAX_VALUE && left <= 0) {
                    return false;
                }
                waiters.add(me);
            }
            scheduler.park(
                    deadlineNanos == Long.MAX_VALUE
                            ? Long.MAX_VALUE
                            : Math.max(1, deadlineNanos - scheduler.nanoTime()));
        }
    }

    synchronized void wakeWaiters() {
        waiters.forEach(scheduler::unpark);
    }
}
