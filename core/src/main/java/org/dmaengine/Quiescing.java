package org.dmaengine;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Waits until nothing of the closed generations is on the engine and no callback of theirs runs,
 * and has the engine prove it (C6, C7, C9); and until all that was issued is over (C8).
 */
final class Quiescing {
    // How long a wait goes on before it tries again to start a thread that it needs.
    private static final long THREADS_RETRY_NANOS = 100_000_000;

    private final VirtualChannel channel;

    // Guarded by the lock: so many threads are inside the engine's synchronize.
    private int proving;

    Quiescing(VirtualChannel channel) {
        this.channel = channel;
    }

    /** Waits by accounting first, then lets the engine prove it. */
    Quiescence quiesce(long deadlineNanos) {
        List<Generation> targets;
        long flushTo;
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            targets = channel.closed.snapshot();
            channel.claims.queueCopies();
            flushTo = channel.claims.queue().queued();
        }
        BooleanSupplier quiet =
                targets.isEmpty()
                        ? () -> channel.claims.queue().over() >= flushTo
                        : () -> targets.stream().allMatch(Generation::isQuiet);
        boolean done = await(() -> quiet.getAsBoolean() || isLostFor(targets), deadlineNanos);
        synchronized (channel.lock) {
            if (!done || !quiet.getAsBoolean()) {
                return channel.inFlight.stillOwnedLocked(targets, "the deadline passed");
            }
            if (channel.loss.isLost() && channel.onEngine() > 0) {
                // Of no closed generation: but the channel is dead, and never says "quiet" (C12).
                return channel.inFlight.stillOwnedLocked(List.of(), "the engine is lost");
            }
        }
        if (!proveLastTouch(targets, deadlineNanos)) {
            synchronized (channel.lock) {
                return channel.inFlight.stillOwnedLocked(
                        targets, "the engine could not prove the last touch");
            }
        }
        synchronized (channel.lock) {
            Receipt receipt = channel.inFlight.receiptOf(targets);
            channel.closed.collected(targets);
            return new Quiesced(receipt);
        }
    }

    /** A lost engine ends no transfers: there is nothing to wait for, except callbacks. */
    private boolean isLostFor(List<Generation> targets) {
        return channel.loss.isLost()
                && !targets.isEmpty()
                && targets.stream().noneMatch(each -> each.callbackClaimed);
    }

    private boolean proveLastTouch(List<Generation> targets, long deadlineNanos) {
        synchronized (channel.lock) {
            // On a lost engine each end counts by itself, but a proof that it failed to give is
            // still owed: it is asked again, for the answer may come late (C12).
            if (targets.stream()
                    .noneMatch(
                            each -> !channel.loss.isLost() ? each.reachedEngine : each.unproved)) {
                return true;
            }
            if (channel.closing.isReleased()) {
                // Who released it had the proof before, for these too; the engine has let go of it.
                return true;
            }
            proving++;
        }
        boolean proved = false;
        try {
            proved = channel.backend.synchronize(deadlineNanos);
        } catch (RuntimeException | Error broken) {
            loseProof(targets, "its synchronize threw " + broken, broken);
        } finally {
            synchronized (channel.lock) {
                proving--;
                channel.waiters.wake();
            }
        }
        if (!proved && deadlineNanos == Deadline.NONE) {
            loseProof(targets, "its synchronize gave up without a deadline", null);
        }
        return proved;
    }

    /** Whether the engine can prove at once that it is out of all that has ended. */
    boolean isProvedAtOnce() {
        List<Generation> targets;
        synchronized (channel.lock) {
            targets = new ArrayList<>(channel.closed.snapshot());
            targets.add(channel.generation);
        }
        return proveLastTouch(targets, channel.engine.scheduler().nanoTime());
    }

    /** Under the lock: whether a thread is inside the engine's synchronize. */
    boolean isProving() {
        return proving > 0;
    }

    private void loseProof(List<Generation> targets, String reason, @Nullable Throwable cause) {
        synchronized (channel.lock) {
            targets.forEach(each -> each.unproved = true);
        }
        channel.loss.lose(reason, cause);
    }

    Receipt orThrow(Quiescence answer) {
        return switch (answer) {
            case Quiesced(Receipt receipt) -> receipt;
            case StillOwned owned -> throw new EngineLostException(owned, channel.loss.cause());
        };
    }

    /** Waits for all that was issued before (C8). */
    Quiescence drain(long deadlineNanos) {
        long upTo;
        synchronized (channel.lock) {
            upTo = channel.ring.issuedAcquire();
        }
        await(() -> isDrained(upTo) || channel.loss.isLost(), deadlineNanos);
        synchronized (channel.lock) {
            return isDrained(upTo)
                    ? new Quiesced(channel.inFlight.receiptOf(List.of()))
                    : channel.inFlight.stillOwnedLocked(
                            List.of(), "not all that was issued is over");
        }
    }

    private boolean isDrained(long upTo) {
        channel.endings.abortWithdrawn();
        return channel.ring.settled() >= upTo;
    }

    /** As {@link Waiters#await}, and sees to it that callbacks get a thread (C5, C8). */
    private boolean await(BooleanSupplier condition, long deadlineNanos) {
        CallbackThreads threads = channel.engine.callbackThreads();
        while (true) {
            threads.startIfStranded();
            boolean retries = threads.isStranded();
            channel.waiters.await(
                    () -> condition.getAsBoolean() || (!retries && threads.isStranded()),
                    retries ? nextTry(deadlineNanos) : deadlineNanos);
            synchronized (channel.lock) {
                if (condition.getAsBoolean()) {
                    return true;
                }
            }
            if (Deadline.left(channel.engine.scheduler(), deadlineNanos) <= 0) {
                return false;
            }
        }
    }

    private long nextTry(long deadlineNanos) {
        Scheduler scheduler = channel.engine.scheduler();
        return Deadline.left(scheduler, deadlineNanos) < THREADS_RETRY_NANOS
                ? deadlineNanos
                : scheduler.nanoTime() + THREADS_RETRY_NANOS;
    }
}
