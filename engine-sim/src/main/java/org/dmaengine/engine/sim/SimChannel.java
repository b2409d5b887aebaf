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
import org.dmaengine.spi.IssuedCopies;
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
    // The doorbell, and whether the queue may hold more than there was room for.
    private boolean rung;
    private boolean hasMore;
    private boolean paused;
    // Rises with every pause and with all that takes one back.
    private int pauses;
    private boolean gone;
    private boolean lost;
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
            takeBackPause();
            if (!gone) {
                List.copyOf(jobs).forEach(job -> stop(job, endedHere));
            }
        }
        for (SimJob job : endedHere) {
            report(job);
        }
        if (model().stop == StopModel.REFUSES) {
            throw new IllegalStateException("the simulated controller refuses to stop");
        }
    }

    private void stop(SimJob job, List<SimJob> endedHere) {
        if (controller.stops.stop(job)) {
            // Behind an earlier report of this channel it takes the usual path.
            if (jobs.getFirst() == job && reports.isEmpty() && !reporting) {
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
            int mine = ++pauses;
            if (model().pauseNanos == 0) {
                hold();
                return true;
            }
            controller.after(model().pauseNanos, () -> paused(mine));
            return false;
        }
    }

    private void paused(int pause) {
        if (pause == pauses) {
            hold();
            // Under the monitor, so that no pause is reported that was taken back; it only sets a
            // flag and wakes.
            queue.paused();
        }
    }

    private void hold() {
        paused = true;
        jobs.forEach(controller.physical::hold);
    }

    @Override
    public void resume() {
        controller.offer();
        synchronized (controller) {
            observer().told(name(), "resume");
            takeBackPause();
        }
    }

    private void takeBackPause() {
        pauses++;
        paused = false;
        controller.ring();
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
        return !paused && !gone;
    }

    /** Takes what the queue gives and there is room for. */
    void pull() {
        if (gone || lost || closed) {
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

    /** A completion entry is there: reports what may be reported now. */
    void entered(SimJob job) {
        job.entered = true;
        if (job.fault instanceof SimFault.ReorderedCompletion(long nanos)) {
            observer().fault(name(), job.ticket, job.fault);
            job.heldBack = true;
            controller.after(nanos, () -> release(job));
        }
        flush();
    }

    private void release(SimJob job) {
        job.heldBack = false;
        flush();
    }

    /**
     * In order, except for what is held back on purpose: a job waits for those before it. What is
     * held back follows the next that ends.
     */
    private void flush() {
        if (gone) {
            return;
        }
        List<SimJob> ready = new ArrayList<>();
        List<SimJob> released = new ArrayList<>();
        for (SimJob job : jobs) {
            if (job.heldBack) {
                released.add(job);
            } else if (job.entered) {
                ready.add(job);
            } else if (model().inOrder) {
                break;
            }
        }
        if (ready.isEmpty()) {
            return;
        }
        ready.addAll(released);
        jobs.removeAll(ready);
        for (SimJob job : ready) {
            job.heldBack = false;
            job.phase = SimJob.Phase.REPORTED;
            reports.add(() -> reportWithFaults(job));
        }
        controller.wakeWaiters();
    }

    void tellPeriod(SimJob job) {
        reports.add(job.transfer::periodElapsed);
    }

    /** Nobody knows what becomes of what it holds (C12). */
    void lost(String reason) {
        if (!lost) {
            lost = true;
            reports.add(() -> tellLost(reason, null));
        }
    }

    void vanish() {
        gone = true;
        jobs.forEach(controller.physical::freeze);
        lost("the simulated controller is gone");
    }

    /** What it held is over, and proved. */
    void comeBack() {
        if (gone) {
            gone = false;
            abandon(List.copyOf(jobs));
            flush();
        }
    }

    /** What would never end by itself ends now, and all that a lost engine held is proved. */
    void heal() {
        comeBack();
        abandon(jobs.stream().filter(job -> lost || isHanging(job)).toList());
        for (SimJob job : jobs) {
            job.heldBack = false;
            if (job.fault instanceof SimFault.LostCompletion && !job.isOnHand()) {
                job.entered = true;
            }
        }
        flush();
    }

    private boolean isHanging(SimJob job) {
        return job.phase == SimJob.Phase.RUNAWAY || job.stuckUntilNanos > controller.nanoTime();
    }

    private void abandon(List<SimJob> all) {
        for (SimJob job : all) {
            if (job.isOnHand()) {
                controller.entries.done(job, Outcome.ABORTED, null);
            }
        }
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

    void tellLost(String reason, @Nullable Throwable cause) {
        queue.lost(reason, cause);
    }

    private void reportWithFaults(SimJob job) {
        switch (job.fault) {
            case SimFault.SpuriousCompletion fault -> {
                tell(job, fault);
                report(Long.MAX_VALUE, Outcome.COMPLETE, 0, null);
            }
            case SimFault.OldCompletion fault when lastTicketReported > 0 -> {
                tell(job, fault);
                report(lastTicketReported, Outcome.COMPLETE, 0, null);
            }
            case null, default -> {}
        }
        report(job);
        if (job.fault instanceof SimFault.DuplicateCompletion(long nanos)) {
            tell(job, job.fault);
            if (nanos == 0) {
                report(job);
            } else {
                synchronized (controller) {
                    controller.after(nanos, () -> reports.add(() -> report(job)));
                }
            }
        }
    }

    private void tell(SimJob job, SimFault fault) {
        synchronized (controller) {
            observer().fault(name(), job.ticket, fault);
        }
    }

    private void report(SimJob job) {
        SimRun run = job.run;
        if (run == null || !SimRun.waits(job)) {
            reportAlone(job);
        }
        if (run != null) {
            reportIfLast(run, job);
        }
    }

    private void reportAlone(SimJob job) {
        report(job.ticket, job.outcome, job.bytes, job.error);
    }

    private void reportIfLast(SimRun run, SimJob job) {
        List<SimJob> whole;
        List<SimJob> rest;
        synchronized (controller) {
            if (!run.isLast(job)) {
                return;
            }
            whole = run.whole();
            rest = run.rest();
            whole.forEach(each -> ending(each.ticket, each.outcome, each.bytes));
        }
        queue.endCopies(whole.size());
        rest.forEach(this::reportAlone);
    }

    /** With the monitor: an end is about to be reported, by itself or with others. */
    private void ending(long ticket, Outcome outcome, long bytes) {
        observer().ending(name(), ticket, outcome, bytes);
        if (ticket != Long.MAX_VALUE) {
            lastTicketReported = ticket;
        }
    }

    private void report(long ticket, Outcome outcome, long bytes, @Nullable TransferError error) {
        synchronized (controller) {
            ending(ticket, outcome, bytes);
        }
        if (error != null) {
            queue.end(ticket, outcome, bytes, error);
        } else {
            queue.end(ticket, outcome, bytes);
        }
    }
}
