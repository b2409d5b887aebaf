package org.dmaengine.engine.sim;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.PrepRefusedException.Reason;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** One virtual channel of the controller, whose monitor guards it. */
final class SimChannel implements ChannelBackend {
    private final SimController controller;
    private final ChannelQueue queue;

    // Oldest first: all that was pulled and is not reported.
    final List<SimJob> jobs = new ArrayList<>();
    // Reports that only the controller's thread makes, without its monitor.
    private final Deque<Runnable> reports = new ArrayDeque<>();
    // The controller's thread is telling the core something of this channel.
    private boolean reporting;
    // The doorbell.
    boolean rung;
    boolean paused;
    // Rises with every pause and with all that takes one back.
    private int pauses;
    boolean gone;
    private boolean closed;
    private long lastTicketReported;

    SimChannel(SimController controller, ChannelQueue queue) {
        this.controller = controller;
        this.queue = queue;
    }

    String name() {
        return queue.name();
    }

    SimObserver observer() {
        return controller.observer;
    }

    private SimModel model() {
        return controller.model;
    }

    // ---- What the core calls

    @Override
    public void prepare(Operation operation) {
        PeripheralConfig config =
                switch (operation) {
                    case Operation.PeripheralSg scatter -> scatter.config();
                    case Operation.Cyclic cyclic -> cyclic.config();
                    case Operation.Memcpy _,
                            Operation.Memset _,
                            Operation.Interleaved _,
                            Operation.Interrupt _ ->
                            null;
                };
        if (config != null && config.peripheral() instanceof Peripheral.Blocking) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    "a simulated controller has no thread that could block; give it a SimDevice, a"
                            + " pipe end, a socket or a file");
        }
    }

    @Override
    public void start() {
        synchronized (controller) {
            rung = true;
        }
        controller.ring();
    }

    @Override
    public void abort() {
        controller.offer();
        observer().told(name(), "abort");
        List<SimJob> endedHere = new ArrayList<>();
        synchronized (controller) {
            takeBackPause();
            for (SimJob job : List.copyOf(jobs)) {
                if (stop(job)) {
                    endedHere.add(job);
                }
            }
            jobs.removeAll(endedHere);
        }
        for (SimJob job : endedHere) {
            report(job.ticket, Outcome.ABORTED, job.bytes, null);
        }
        controller.ring();
        if (model().stop == StopModel.REFUSES) {
            throw new IllegalStateException("the simulated controller refuses to stop");
        }
    }

    /** True if it ended here and now, and is to be reported by the caller. */
    private boolean stop(SimJob job) {
        StopModel stop = model().stop;
        switch (job.phase) {
            case WAITING -> {
                if (stop.withdraws() || job.isCyclic()) {
                    controller.done(job, Outcome.ABORTED, null);
                }
            }
            case RUNNING -> {
                if (stop == StopModel.NEVER || job.fault instanceof SimFault.NoStop) {
                    job.runaway = true;
                    controller.planBurst(job, 0);
                } else if (job.fault instanceof SimFault.LateStop(long nanos)) {
                    controller.after(model().stopNanos + nanos, () -> acknowledgeStop(job));
                } else if (stop == StopModel.ACKNOWLEDGED) {
                    controller.after(model().stopNanos, () -> acknowledgeStop(job));
                } else if (stop == StopModel.AT_ONCE) {
                    controller.done(job, Outcome.ABORTED, null);
                    // Behind an earlier report of this channel it takes the usual path.
                    boolean first = jobs.getFirst() == job && reports.isEmpty() && !reporting;
                    job.phase = first ? SimJob.Phase.REPORTED : job.phase;
                    return first;
                } else if (stop == StopModel.AT_BURST || job.isCyclic()) {
                    job.stopping = true;
                    controller.planBurst(job, 0);
                }
            }
            case DONE, REPORTED -> {}
        }
        return false;
    }

    /** Through the completion path of any transfer; by then it may have completed (R16). */
    private void acknowledgeStop(SimJob job) {
        if (job.phase == SimJob.Phase.RUNNING) {
            controller.done(job, Outcome.ABORTED, null);
        }
    }

    @Override
    public boolean synchronize(long deadlineNanos) {
        controller.offer();
        observer().told(name(), "synchronize");
        return controller.await(jobs::isEmpty, deadlineNanos);
    }

    @Override
    public boolean pause() {
        controller.offer();
        observer().told(name(), "pause");
        synchronized (controller) {
            int mine = ++pauses;
            if (model().pauseNanos == 0) {
                paused = true;
                return true;
            }
            controller.after(model().pauseNanos, () -> paused(mine));
            return false;
        }
    }

    private void paused(int pause) {
        if (pause == pauses) {
            paused = true;
            reports.add(queue::paused);
        }
    }

    @Override
    public void resume() {
        controller.offer();
        observer().told(name(), "resume");
        synchronized (controller) {
            takeBackPause();
        }
        controller.ring();
    }

    private void takeBackPause() {
        pauses++;
        if (paused) {
            paused = false;
            goOn();
        }
    }

    @Override
    public void close() {
        observer().told(name(), "close");
        synchronized (controller) {
            closed = true;
        }
        controller.remove(this);
    }

    // ---- What the controller calls, holding its monitor

    /** What was held goes on. */
    void goOn() {
        for (SimJob job : jobs) {
            if (job.phase == SimJob.Phase.RUNNING) {
                controller.planBurst(job, 0);
            }
        }
    }

    /** Takes what the queue gives and there is room for. */
    void pull() {
        if (!rung || gone || closed) {
            return;
        }
        rung = false;
        for (SimJob job : jobs) {
            // Its period may be the controller's again.
            if (job.starved && job.phase == SimJob.Phase.RUNNING) {
                controller.planBurst(job, 0);
            }
        }
        while (jobs.size() < model().pullMax) {
            IssuedTransfer next = queue.next();
            if (next == null) {
                return;
            }
            SimJob job = new SimJob(this, next, controller.nextFault());
            jobs.add(job);
            observer().taken(name(), job.ticket, job.operation);
        }
        rung = true;
    }

    /** A completion entry is there: reports what may be reported now. */
    void entered(SimJob job) {
        job.entered = true;
        if (job.fault instanceof SimFault.ReorderedCompletion(long nanos) && !job.heldBack) {
            observer().fault(name(), job.ticket, job.fault);
            job.heldBack = true;
            controller.after(
                    nanos,
                    () -> {
                        job.heldBack = false;
                        flush();
                    });
        }
        flush();
    }

    /**
     * In order, except for what is held back on purpose: a job waits for those before it. What is
     * held back follows the next that ends.
     */
    private void flush() {
        List<SimJob> ready = new ArrayList<>();
        List<SimJob> released = new ArrayList<>();
        for (SimJob job : jobs) {
            if (job.entered && !job.heldBack) {
                ready.add(job);
            } else if (job.heldBack) {
                released.add(job);
            } else if (model().inOrder) {
                break;
            }
        }
        if (ready.isEmpty()) {
            return;
        }
        for (SimJob job : released) {
            job.heldBack = false;
            if (job.entered) {
                ready.add(job);
            }
        }
        for (SimJob job : ready) {
            jobs.remove(job);
            job.phase = SimJob.Phase.REPORTED;
            reports.add(() -> reportWithFaults(job));
        }
        rung = true;
    }

    void lost(String reason) {
        gone = true;
        reports.add(() -> queue.lost(reason, null));
    }

    void tellPeriod(SimJob job) {
        reports.add(job.transfer::periodElapsed);
    }

    /** The controller is back after it was gone: what it held is over, and proved. */
    void abandon() {
        gone = false;
        for (SimJob job : List.copyOf(jobs)) {
            if (job.phase == SimJob.Phase.WAITING || job.phase == SimJob.Phase.RUNNING) {
                controller.done(job, Outcome.ABORTED, null);
            }
        }
    }

    /** Nothing hangs any more: what would never end by itself ends now. */
    void heal() {
        if (gone) {
            abandon();
        }
        for (SimJob job : List.copyOf(jobs)) {
            job.heldBack = false;
            if (job.phase == SimJob.Phase.RUNNING
                    && (job.runaway || job.fault instanceof SimFault.Stuck)) {
                controller.done(job, Outcome.ABORTED, null);
            } else if (job.phase == SimJob.Phase.DONE && !job.entered) {
                entered(job);
            }
        }
        flush();
    }

    boolean hasReports() {
        return !reports.isEmpty();
    }

    /** The next thing to tell the core, without the monitor. */
    Runnable nextReport() {
        Runnable next = reports.remove();
        reporting = true;
        return () -> {
            next.run();
            synchronized (controller) {
                reporting = false;
            }
        };
    }

    // ---- Reports: without the monitor

    private void reportWithFaults(SimJob job) {
        if (job.fault instanceof SimFault.SpuriousCompletion) {
            observer().fault(name(), job.ticket, job.fault);
            report(Long.MAX_VALUE, Outcome.COMPLETE, 0, null);
        }
        if (job.fault instanceof SimFault.OldCompletion && lastTicketReported > 0) {
            observer().fault(name(), job.ticket, job.fault);
            report(lastTicketReported, Outcome.COMPLETE, 0, null);
        }
        report(job.ticket, job.outcome, job.bytes, job.error);
        if (job.fault instanceof SimFault.DuplicateCompletion(long nanos)) {
            observer().fault(name(), job.ticket, job.fault);
            if (nanos == 0) {
                report(job.ticket, job.outcome, job.bytes, job.error);
            } else {
                synchronized (controller) {
                    controller.after(
                            nanos,
                            () ->
                                    reports.add(() ->
                                            report(job.ticket, job.outcome, job.bytes, job.error)));
                }
            }
        }
    }

    private void report(long ticket, Outcome outcome, long bytes, @Nullable TransferError error) {
        observer().ending(name(), ticket, outcome, bytes);
        if (ticket != Long.MAX_VALUE) {
            lastTicketReported = ticket;
        }
        if (error != null) {
            queue.end(ticket, outcome, bytes, error);
        } else {
            queue.end(ticket, outcome, bytes);
        }
        controller.wakeWaiters();
    }
}
