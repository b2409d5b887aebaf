package org.dmaengine.engine.sim;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The physical channels: bursts, faults and ends of the transfers that have one. A transfer that
 * waits for its peripheral, for its client or for the end of a pause leaves its physical channel to
 * others, so that no channel waits for another one's work (C14). Guarded by the controller.
 */
final class Sequencer {
    /** How soon a peripheral that was not ready is asked again, at first and at last. */
    private static final long POLL_NANOS = 10_000;

    private static final long POLL_MAX_NANOS = 1_000_000;

    /** How often at least a runaway touches its memory while its watchdog waits. */
    private static final long TOUCHES = 16;

    private static final int EIO = 5;

    private final SimController controller;
    private final SimModel model;
    private final Choices choices;
    private final List<SimJob> running = new ArrayList<>();

    Sequencer(SimController controller) {
        this.controller = controller;
        this.model = controller.model;
        this.choices = Choices.of(model.seed);
    }

    /** Gives free physical channels to those that wait for one. */
    void fill(List<SimChannel> channels) {
        while (running.size() < model.physicalChannels) {
            List<SimJob> candidates = candidates(channels);
            if (candidates.isEmpty()) {
                return;
            }
            run(choices.of(candidates));
        }
    }

    /** Fair between channels by chance; in order within each, unless the model says otherwise. */
    private List<SimJob> candidates(List<SimChannel> channels) {
        List<SimJob> candidates = new ArrayList<>();
        for (SimChannel channel : channels) {
            if (channel.mayRun()) {
                for (SimJob job : channel.jobs) {
                    if (job.phase == SimJob.Phase.WAITING && mayPass(job)) {
                        candidates.add(job);
                    }
                    if (model.inOrder && job.isOnHand()) {
                        break;
                    }
                }
            }
        }
        return candidates;
    }

    /** An interrupt is told after all before it, whatever the order of the others (C3). */
    private static boolean mayPass(SimJob job) {
        return !(job.operation instanceof Operation.Interrupt)
                || job.channel.jobs.getFirst() == job;
    }

    private void run(SimJob job) {
        running.add(job);
        job.phase = SimJob.Phase.RUNNING;
        planWatch(job);
        if (job.begun) {
            planBurst(job, 0);
        } else {
            begin(job);
        }
    }

    private void begin(SimJob job) {
        job.begun = true;
        job.pollNanos = POLL_NANOS;
        switch (job.fault) {
            case SimFault.QueueFull(long nanos) -> {
                tell(job);
                controller.fillUp(nanos);
            }
            case SimFault.Gone(long backAfterNanos) -> {
                tell(job);
                controller.vanish(backAfterNanos);
                return;
            }
            case null, default -> {}
        }
        try {
            job.takePeripheral();
            planBurst(job, model.latencyNanos);
        } catch (IOException refused) {
            done(job, job.failedSide(), TransferError.of(refused));
        }
    }

    private void tell(SimJob job) {
        if (job.fault != null) {
            controller.observer.fault(job.channel.name(), job.ticket, job.fault);
        }
    }

    private void planBurst(SimJob job, long nanos) {
        controller.cancel(job.burst);
        job.burst = controller.after(nanos, () -> burst(job));
    }

    /** One step of a job that has a physical channel, or of one that nothing stops. */
    private void burst(SimJob job) {
        long nowNanos = controller.nanoTime();
        try {
            if (job.phase == SimJob.Phase.RUNAWAY) {
                job.touchAgain();
                job.pollNanos = Math.min(2 * job.pollNanos, longestTouchNanos());
                planBurst(job, job.pollNanos);
            } else if (job.stuckUntilNanos > nowNanos) {
                planBurst(job, job.stuckUntilNanos - nowNanos);
            } else if (job.stopping) {
                done(job, Outcome.ABORTED, null);
            } else {
                move(job);
            }
        } catch (IOException failed) {
            done(job, job.failedSide(), TransferError.of(failed));
        }
    }

    private long longestTouchNanos() {
        return Math.max(POLL_NANOS, model.watchdogNanos / TOUCHES);
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
            starve(job);
            return;
        }
        job.periodBegun = true;
        long moved = job.burst(model.burstBytes, job.bytes < faultAt ? faultAt : limit);
        if (moved > 0) {
            moved(job, moved);
        } else if (moved == 0) {
            starve(job);
            if (job.device() == null) {
                job.burst = controller.after(job.pollNanos, () -> ready(job));
                job.pollNanos = Math.min(2 * job.pollNanos, POLL_MAX_NANOS);
            }
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
        job.pollNanos = POLL_NANOS;
        job.progressNanos = controller.nanoTime();
        boolean told =
                switch (model.residue) {
                    case BURST -> true;
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

    /** Nothing to move: another transfer may have the physical channel. */
    private void starve(SimJob job) {
        leave(job);
        job.phase = SimJob.Phase.STARVED;
    }

    private void leave(SimJob job) {
        controller.cancel(job.burst);
        controller.cancel(job.watch);
        running.remove(job);
    }

    /** Its peripheral, or its client, may be ready now. */
    void ready(SimJob job) {
        if (job.phase == SimJob.Phase.STARVED) {
            controller.cancel(job.burst);
            job.phase = SimJob.Phase.WAITING;
            controller.ring();
        }
    }

    /** It goes on where it was, when its channel may run again. */
    void hold(SimJob job) {
        if (job.phase == SimJob.Phase.RUNNING) {
            leave(job);
            job.phase = SimJob.Phase.WAITING;
        }
    }

    /** Its controller is gone: nothing is touched any more. */
    void freeze(SimJob job) {
        if (job.isOnHand()) {
            leave(job);
        }
    }

    // ---- Faults on the way

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
            case SimFault.Partial _ when !job.isCyclic() -> done(job, Outcome.COMPLETE, null);
            case SimFault.Stuck(long nanos) -> {
                job.wasStuck = true;
                job.stuckUntilNanos = controller.nanosFromNow(nanos);
                planBurst(job, nanos);
            }
            default -> {
                return false;
            }
        }
        tell(job);
        return true;
    }

    private void fail(SimJob job, Outcome side) {
        done(job, side, TransferError.of(EIO, "simulated error at byte " + job.bytes));
    }

    // ---- The way to stop

    /** True if it ended here and now, its end not yet reported. */
    boolean stop(SimJob job) {
        if (!job.isOnHand() || job.phase == SimJob.Phase.RUNAWAY) {
            return false;
        }
        job.told = true;
        StopModel stop = model.stop;
        if (!job.begun) {
            if (stop.withdraws() || job.isCyclic()) {
                done(job, Outcome.ABORTED, null);
            }
        } else if (stop == StopModel.NEVER || job.fault instanceof SimFault.NoStop) {
            runAway(job);
        } else if (job.fault instanceof SimFault.LateStop(long nanos)) {
            tell(job);
            controller.after(Saturated.sum(model.stopNanos, nanos), () -> acknowledgeStop(job));
        } else if (stop == StopModel.ACKNOWLEDGED) {
            controller.after(model.stopNanos, () -> acknowledgeStop(job));
        } else if (stop == StopModel.AT_ONCE) {
            end(job, Outcome.ABORTED, null);
            return true;
        } else if (stop == StopModel.AT_BURST || job.isCyclic()) {
            stopAtBurst(job);
        }
        return false;
    }

    private void runAway(SimJob job) {
        if (job.fault instanceof SimFault.NoStop) {
            tell(job);
        }
        job.phase = SimJob.Phase.RUNAWAY;
        planWatch(job);
        planBurst(job, 0);
    }

    /** Through the completion path of any transfer; by then it may have completed (R16). */
    private void acknowledgeStop(SimJob job) {
        if (job.isOnHand()) {
            done(job, Outcome.ABORTED, null);
        }
    }

    private void stopAtBurst(SimJob job) {
        job.stopping = true;
        if (job.phase == SimJob.Phase.RUNNING) {
            planBurst(job, 0);
        } else {
            done(job, Outcome.ABORTED, null);
        }
    }

    // ---- The end

    /** The last touch is over; the completion entry follows. */
    void done(SimJob job, Outcome outcome, @Nullable TransferError error) {
        end(job, outcome, error);
        enterLater(job);
    }

    private void end(SimJob job, Outcome outcome, @Nullable TransferError error) {
        leave(job);
        job.phase = SimJob.Phase.DONE;
        // A stop that comes after the last burst finds it complete.
        boolean whole = outcome == Outcome.ABORTED && job.bytes > 0 && job.isAtEnd();
        job.outcome = whole ? Outcome.COMPLETE : outcome;
        job.error = error;
        job.giveBackPeripheral();
        controller.observer.lastTouch(job.channel.name(), job.ticket);
    }

    /** Plans the completion entry; the watchdog finds one that does not come. */
    void enterLater(SimJob job) {
        long nanos = model.completionNanos;
        switch (job.fault) {
            case SimFault.LateCompletion(long late) -> {
                tell(job);
                nanos = Saturated.sum(nanos, late);
            }
            case SimFault.LostCompletion _ -> {
                tell(job);
                nanos = Math.max(nanos, model.watchdogNanos);
            }
            case null, default -> {}
        }
        job.entry = controller.after(nanos, () -> job.channel.entered(job));
    }

    // ---- The watchdog

    /** Only while it has a physical channel: what waits for somebody is not stuck. */
    private void planWatch(SimJob job) {
        controller.cancel(job.watch);
        job.progressNanos = controller.nanoTime();
        job.watch = controller.after(model.watchdogNanos, () -> watch(job));
    }

    /** A transfer that does not move on means a lost engine (C12). */
    private void watch(SimJob job) {
        long quietNanos = controller.nanoTime() - job.progressNanos;
        if (quietNanos < model.watchdogNanos) {
            job.watch = controller.after(model.watchdogNanos - quietNanos, () -> watch(job));
            return;
        }
        // Others get the physical channel; this transfer may still touch its memory.
        running.remove(job);
        job.channel.lost(
                "ticket "
                        + job.ticket
                        + " did not move on within "
                        + model.watchdogNanos
                        + " ns"
                        + (job.told ? " after it was told to stop" : ""));
    }
}
