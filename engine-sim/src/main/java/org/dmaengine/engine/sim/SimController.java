package org.dmaengine.engine.sim;

import org.dmaengine.EngineDescription;
import org.dmaengine.EngineUnavailableException;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The controller: an event loop on one thread. An event is a burst, a completion entry, an
 * acknowledged stop; it happens at its time, holding the controller's monitor, and touches memory
 * then and at no other time. What is to be told to the core is told afterwards, without the
 * monitor. Between any two events, and any two reports, the thread offers the processor, so that a
 * simulation can let others in.
 */
final class SimController implements EngineBackend {
    final SimModel model;
    final SimObserver observer;
    private final FaultPlan plan;
    private final EngineDescription description;
    private final Scheduler scheduler;
    private final Consumer<SimController> onClose;
    private final Thread thread;

    // Guarded by this.
    final PhysicalChannels physical;
    final CompletionEntries entries;
    final StopControl stops;
    private final Sequencer sequencer;
    private final Timeline timeline = new Timeline();
    private final List<SimChannel> channels = new ArrayList<>();
    // False ends that come late: their channels may be closed.
    private final Deque<Runnable> strays = new ArrayDeque<>();
    private final List<Thread> waiters = new ArrayList<>();
    private long taken;
    private long fullUntilNanos = Long.MIN_VALUE;
    private boolean gone;

    // Volatile: set by any thread, taken by the controller's before it looks.
    private volatile boolean rung;
    private volatile boolean closed;

    SimController(
            SimModel model,
            FaultPlan plan,
            SimObserver observer,
            EngineDescription description,
            Scheduler scheduler,
            Consumer<SimController> onClose) {
        this.model = model;
        this.plan = plan;
        this.observer = observer;
        this.description = description;
        this.scheduler = scheduler;
        this.onClose = onClose;
        this.physical = new PhysicalChannels(this);
        this.entries = new CompletionEntries(this, physical);
        Watchdog watchdog = new Watchdog(this, physical);
        this.sequencer = new Sequencer(this, physical, watchdog, entries);
        this.stops = new StopControl(this, sequencer, watchdog, entries);
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
            if (gone) {
                throw new EngineUnavailableException(
                        "sim",
                        "the simulated controller is gone, as its fault plan says",
                        "wait until it is back, or call SimEngine.heal()");
            }
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
        onClose.accept(this);
        ring();
    }

    /** There may be something to do. */
    void ring() {
        rung = true;
        scheduler.unpark(thread);
    }

    /** Without the monitor: a place where a simulation may let others in. */
    void offer() {
        if (scheduler instanceof Simulation simulation) {
            simulation.passUnderEngine();
        }
    }

    // ---- The loop

    private void loop() {
        try {
            while (!closed) {
                rung = false;
                long idleNanos = step();
                scheduler.park(rung ? 0 : idleNanos);
                // Nobody's message, and with it this thread would never wait again.
                Thread.interrupted();
            }
        } catch (SimulationOver over) {
            throw over;
        } catch (RuntimeException | Error broken) {
            die(broken);
            throw broken;
        }
    }

    /** Nothing of what it held will be proved, unless it is healed. */
    private void die(Throwable broken) {
        List<SimChannel> all;
        synchronized (this) {
            all = List.copyOf(channels);
        }
        all.forEach(each -> each.reports.tellLost("its controller threw " + broken, broken));
    }

    /** One event, and one report; gives how long nothing happens after that. */
    private long step() {
        Runnable report;
        long idleNanos;
        synchronized (this) {
            long nowNanos = scheduler.nanoTime();
            Timeline.Event event = timeline.pollDue(nowNanos);
            if (event != null) {
                event.body.run();
            }
            if (nowNanos >= fullUntilNanos) {
                channels.forEach(SimChannel::pull);
            }
            sequencer.fill(channels);
            report = nextReport();
            long nextAtNanos = timeline.nextAtNanos();
            idleNanos =
                    event != null || report != null || nextAtNanos <= nowNanos
                            ? 0
                            : nextAtNanos == Long.MAX_VALUE
                                    ? Long.MAX_VALUE
                                    : nextAtNanos - nowNanos;
        }
        if (report != null) {
            report.run();
            // A callback that ran on this thread may have left an interrupt, which would close the
            // file that is touched next.
            Thread.interrupted();
        }
        return idleNanos;
    }

    private @Nullable Runnable nextReport() {
        for (SimChannel channel : channels) {
            if (channel.reports.hasNext()) {
                return channel.reports.next();
            }
        }
        return strays.poll();
    }

    // ---- For its parts, holding the monitor

    long nanoTime() {
        return scheduler.nanoTime();
    }

    /** A point in time; {@link Long#MAX_VALUE} is never. */
    long nanosFromNow(long nanos) {
        return Saturated.sum(scheduler.nanoTime(), nanos);
    }

    /** Plans an event. */
    Timeline.@Nullable Event after(long nanos, Runnable body) {
        long atNanos = nanosFromNow(nanos);
        ring();
        return atNanos == Long.MAX_VALUE ? null : timeline.add(atNanos, body);
    }

    void cancel(Timeline.@Nullable Event event) {
        timeline.cancel(event);
    }

    void addStray(Runnable report) {
        strays.add(report);
    }

    @Nullable SimFault nextFault() {
        return plan.of(++taken);
    }

    /** Nothing is pulled for so long. */
    void fillUp(long nanos) {
        fullUntilNanos = nanosFromNow(nanos);
        after(nanos, () -> {});
    }

    /** With all its channels; if it comes back, it proves what it held. */
    void vanish(long backAfterNanos) {
        gone = true;
        List<SimChannel> all = List.copyOf(channels);
        all.forEach(each -> each.loss.vanish());
        after(
                backAfterNanos,
                () -> {
                    gone = false;
                    all.forEach(SimChannel::comeBack);
                });
    }

    /** See {@link SimEngine#heal}. */
    void heal() {
        synchronized (this) {
            gone = false;
            fullUntilNanos = Long.MIN_VALUE;
            List.copyOf(channels).forEach(SimChannel::heal);
        }
        ring();
    }

    // ---- Waiting for the controller (P5)

    /** Not cut short by an interrupt; the flag is kept (C11). */
    boolean await(BooleanSupplier condition, long deadlineNanos) {
        Thread me = Thread.currentThread();
        boolean interrupted = false;
        try {
            while (true) {
                long leftNanos;
                synchronized (this) {
                    waiters.remove(me);
                    if (condition.getAsBoolean()) {
                        return true;
                    }
                    leftNanos =
                            deadlineNanos == Long.MAX_VALUE
                                    ? Long.MAX_VALUE
                                    : deadlineNanos - scheduler.nanoTime();
                    if (leftNanos <= 0) {
                        return false;
                    }
                    waiters.add(me);
                }
                scheduler.park(leftNanos);
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                me.interrupt();
            }
        }
    }

    /** Holding the monitor: a transfer is over. */
    void wakeWaiters() {
        waiters.forEach(scheduler::unpark);
    }
}
