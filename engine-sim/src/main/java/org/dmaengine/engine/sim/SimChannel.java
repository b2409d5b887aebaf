package org.dmaengine.engine.sim;

import org.dmaengine.Operation;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.PrepRefusedException.Reason;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * One virtual channel of the controller, whose monitor guards it: what the core asks of it, and
 * what it has pulled. When an end is reported says {@link CompletionOrder}, how it is told {@link
 * SimReports}; {@link SimPause} and {@link SimLoss} are what keeps it from running.
 */
final class SimChannel implements ChannelBackend {
    private final SimController controller;
    private final ChannelQueue queue;

    // Oldest first: all that was pulled and is not reported.
    final List<SimJob> jobs = new ArrayList<>();
    final SimReports reports;
    final SimLoss loss;
    final CompletionOrder completions;
    private final SimPause pause;

    // The doorbell, and whether the queue may hold more than there was room for.
    private boolean rung;
    private boolean hasMore;
    private boolean closed;

    SimChannel(SimController controller, ChannelQueue queue) {
        this.controller = controller;
        this.queue = queue;
        this.reports = new SimReports(controller, queue);
        this.loss = new SimLoss(controller, jobs, reports);
        this.completions = new CompletionOrder(controller, jobs, loss, reports);
        this.pause = new SimPause(controller, queue, jobs);
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
        PeripheralConfig config = SimJob.configOf(operation);
        if (config != null && config.peripheral() instanceof Peripheral.Messages) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    "a simulated controller moves bytes, and keeps no messages apart; give it a"
                            + " SimDevice, a pipe end, a socket or a file");
        }
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
            observer().told(name(), "start");
            rung = true;
            controller.ring();
        }
    }

    @Override
    public void abort() {
        controller.offer();
        List<SimJob> endedHere = new ArrayList<>();
        synchronized (controller) {
            observer().told(name(), "abort");
            pause.takeBack();
            if (!loss.isGone()) {
                List.copyOf(jobs).forEach(job -> stop(job, endedHere));
            }
        }
        endedHere.forEach(reports::report);
        if (model().stop == StopModel.REFUSES) {
            throw new IllegalStateException("the simulated controller refuses to stop");
        }
    }

    private void stop(SimJob job, List<SimJob> endedHere) {
        if (controller.stops.stop(job)) {
            // Behind an earlier report of this channel it takes the usual path.
            if (jobs.getFirst() == job && reports.isIdle()) {
                job.phase = SimJob.Phase.REPORTED;
                jobs.remove(job);
                controller.wakeWaiters();
                endedHere.add(job);
            } else {
                controller.entries.enterLater(job);
            }
        }
    }

    @Override
    public boolean synchronize(long deadlineNanos) {
        controller.offer();
        synchronized (controller) {
            observer().told(name(), "synchronize");
        }
        // Not for newer work (C6): only for what was told to stop.
        return controller.await(() -> jobs.stream().noneMatch(job -> job.told), deadlineNanos);
    }

    @Override
    public boolean pause() {
        controller.offer();
        synchronized (controller) {
            observer().told(name(), "pause");
            return pause.begin();
        }
    }

    @Override
    public void resume() {
        controller.offer();
        synchronized (controller) {
            observer().told(name(), "resume");
            pause.takeBack();
        }
    }

    @Override
    public void close() {
        synchronized (controller) {
            observer().told(name(), "close");
            closed = true;
            controller.remove(this);
        }
    }

    // ---- What a device calls

    /** The peripheral of this transfer may be ready now. */
    void ready(SimJob job) {
        synchronized (controller) {
            controller.physical.ready(job);
        }
    }

    // ---- What the controller calls, holding its monitor

    boolean mayRun() {
        return !pause.holds() && !loss.isGone();
    }

    /** Takes what the queue gives and there is room for. */
    void pull() {
        if (closed || loss.isLost()) {
            return;
        }
        if (rung) {
            rung = false;
            hasMore = true;
            // A period may be the controller's again.
            jobs.stream().filter(SimJob::isCyclic).forEach(controller.physical::ready);
        }
        while (hasMore && jobs.size() < model().pullMax) {
            IssuedCopies copies = model().takesRuns ? queue.nextCopies() : null;
            if (copies != null) {
                new SimRun(this, copies).jobs().forEach(this::take);
                continue;
            }
            IssuedTransfer next = queue.next();
            if (next == null) {
                hasMore = false;
                return;
            }
            take(new SimJob(this, next, nextFault(), null));
        }
    }

    private void take(SimJob job) {
        jobs.add(job);
        observer().taken(name(), job.ticket, job.operation);
    }

    @Nullable SimFault nextFault() {
        return controller.nextFault();
    }

    /** What it held is over, and proved. */
    void comeBack() {
        if (loss.comeBack()) {
            completions.flush();
        }
    }

    /** What would never end by itself ends now, and all that a lost engine held is proved. */
    void heal() {
        comeBack();
        loss.endHanging();
        completions.heal();
    }
}
