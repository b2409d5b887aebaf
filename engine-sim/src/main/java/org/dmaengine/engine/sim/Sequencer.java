package org.dmaengine.engine.sim;

import org.dmaengine.Outcome;
import org.dmaengine.TransferError;

import java.io.IOException;
import java.util.List;

/**
 * Moves the bytes of the transfers that have a physical channel: burst after burst, with the faults
 * on the way. Guarded by the controller.
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
    private final PhysicalChannels physical;
    private final Watchdog watchdog;
    private final CompletionEntries entries;

    Sequencer(
            SimController controller,
            PhysicalChannels physical,
            Watchdog watchdog,
            CompletionEntries entries) {
        this.controller = controller;
        this.model = controller.model;
        this.physical = physical;
        this.watchdog = watchdog;
        this.entries = entries;
    }

    /** Gives free physical channels to those that wait for one. */
    void fill(List<SimChannel> channels) {
        for (SimJob next = physical.assign(channels);
                next != null;
                next = physical.assign(channels)) {
            run(next);
        }
    }

    private void run(SimJob job) {
        watchdog.watch(job);
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
                job.tellFault();
                controller.fillUp(nanos);
            }
            case SimFault.Gone(long backAfterNanos) -> {
                job.tellFault();
                controller.vanish(backAfterNanos);
                return;
            }
            case null, default -> {}
        }
        try {
            job.takePeripheral();
            planBurst(job, model.latencyNanos);
        } catch (IOException refused) {
            entries.done(job, job.failedSide(), TransferError.of(refused));
        }
    }

    /** In place of any burst that was planned for it. */
    void planBurst(SimJob job, long nanos) {
        controller.cancel(job.burst);
        job.burst = controller.after(nanos, () -> burst(job));
    }

    /** One step of a job that has a physical channel, or of one that nothing stops. */
    private void burst(SimJob job) {
        long nowNanos = controller.nanoTime();
        try {
            if (job.phase == SimJob.Phase.RUNAWAY) {
                // It does not stop; a pause holds it all the same (C13).
                if (job.channel.mayRun()) {
                    job.touchAgain();
                }
                job.pollNanos = Math.min(2 * job.pollNanos, longestTouchNanos());
                planBurst(job, job.pollNanos);
            } else if (job.stuckUntilNanos > nowNanos) {
                planBurst(job, job.stuckUntilNanos - nowNanos);
            } else if (job.stopping && !job.channel.mayRun()) {
                entries.done(job, Outcome.ABORTED, null);
            } else {
                move(job);
            }
        } catch (IOException failed) {
            entries.done(job, job.failedSide(), TransferError.of(failed));
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
            entries.done(job, Outcome.COMPLETE, null);
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
            if (job.phase == SimJob.Phase.STARVED && job.device() == null) {
                job.burst = controller.after(job.pollNanos, () -> physical.ready(job));
                job.pollNanos = Math.min(2 * job.pollNanos, POLL_MAX_NANOS);
            }
        } else if (job.isCyclic()) {
            entries.done(
                    job,
                    Outcome.READ_FAILED,
                    TransferError.of(0, "the source ended during a cyclic transfer"));
        } else {
            entries.done(job, Outcome.COMPLETE, null);
        }
    }

    /** Nothing to move now: it waits for that, unless it was told to stop. */
    private void starve(SimJob job) {
        if (job.stopping) {
            entries.done(job, Outcome.ABORTED, null);
        } else {
            physical.starve(job);
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
            job.channel.reports.addPeriod(job);
        }
        if (job.stopping) {
            entries.done(job, Outcome.ABORTED, null);
        } else {
            planBurst(job, model.burstNanos(moved));
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
            case SimFault.Partial _ when !job.isCyclic() ->
                    entries.done(job, Outcome.COMPLETE, null);
            case SimFault.Stuck(long nanos) -> {
                job.wasStuck = true;
                job.stuckUntilNanos = controller.nanosFromNow(nanos);
                planBurst(job, nanos);
            }
            default -> {
                return false;
            }
        }
        job.tellFault();
        return true;
    }

    private void fail(SimJob job, Outcome side) {
        entries.done(job, side, TransferError.of(EIO, "simulated error at byte " + job.bytes));
    }
}
