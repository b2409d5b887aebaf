package org.dmaengine;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

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

    // Guarded by the lock.
    // So many of the closed generations had reached the engine, and of so many of these it has
    // proved its last touch. Numbers that may pass the largest one: compared by their distance.
    private int reached;
    private int proved;
    // So many threads are inside the engine's synchronize.
    private int proving;
    // It was asked for a proof, and is lost without having given it.
    private boolean refused;

    Quiescing(VirtualChannel channel) {
        this.channel = channel;
    }

    /** Under the lock: of this generation too the last touch is to be proved. */
    void owe(Generation generation) {
        reached += generation.reachedEngine ? 1 : 0;
    }

    /**
     * Waits by accounting first, then lets the engine prove it.
     *
     * @param mine what the caller has closed itself: it is in his receipt, whoever else waits for
     *     it; null if nothing
     */
    Quiescence quiesce(@Nullable Generation mine, long deadlineNanos) {
        List<Generation> targets;
        int toProve;
        long flushTo;
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            targets = channel.closed.snapshot(mine);
            toProve = reached;
            channel.claims.queueCopies();
            flushTo = channel.claims.queue().queued();
        }
        BooleanSupplier quiet =
                targets.isEmpty()
                        ? () -> channel.claims.queue().over() >= flushTo
                        : () -> targets.stream().allMatch(Generation::isQuiet);
        await(() -> quiet.getAsBoolean() || isLostFor(targets), deadlineNanos);
        synchronized (channel.lock) {
            if (!quiet.getAsBoolean()) {
                return channel.inFlight.stillOwnedLocked(targets, "the deadline passed");
            }
            if (channel.loss.isLost() && channel.onEngine() > 0) {
                // Of no closed generation: but the channel is dead, and never says "quiet" (C12).
                return channel.inFlight.allOwnedLocked(
                        channel.inFlight.receiptOf(targets), "the engine is lost");
            }
        }
        if (!proveLastTouch(toProve, false, deadlineNanos)) {
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

    /** Of so many closed generations, and maybe of what has ended in the one that is open. */
    private boolean proveLastTouch(int upTo, boolean ofOpen, long deadlineNanos) {
        synchronized (channel.lock) {
            // On a lost engine each end counts by itself, but a proof that it failed to give is
            // still owed: it is asked again, for the answer may come late (C12).
            boolean asksAgain = refused || !channel.loss.isLost();
            if (!ofOpen && !(asksAgain && upTo - proved > 0)) {
                return true;
            }
            if (channel.closing.isReleased()) {
                // Who released it had the proof before, for these too; the engine has let go of it.
                return true;
            }
            proving++;
        }
        boolean given = false;
        try {
            given = channel.backend.synchronize(deadlineNanos);
        } catch (Throwable broken) {
            loseProof("its synchronize threw " + broken, broken);
        } finally {
            synchronized (channel.lock) {
                proving--;
                if (given && upTo - proved > 0) {
                    proved = upTo;
                }
                channel.waiters.wake();
            }
        }
        if (!given && deadlineNanos == Deadline.NONE) {
            loseProof("its synchronize gave up without a deadline", null);
        }
        return given;
    }

    /** Whether the engine can prove at once that it is out of all that has ended. */
    boolean isProvedAtOnce() {
        int upTo;
        boolean ofOpen;
        synchronized (channel.lock) {
            upTo = reached;
            ofOpen = channel.generation.reachedEngine && !channel.loss.isLost();
        }
        return proveLastTouch(upTo, ofOpen, channel.engine.scheduler().nanoTime());
    }

    /** Under the lock: whether a thread is inside the engine's synchronize. */
    boolean isProving() {
        return proving > 0;
    }

    private void loseProof(String reason, @Nullable Throwable cause) {
        synchronized (channel.lock) {
            refused = true;
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
            if (isDrained(upTo)) {
                return new Quiesced(channel.inFlight.receiptOf(List.of()));
            }
            // What is over is told here where nobody can wait for it any more (C12).
            List<Generation> told = channel.loss.isLost() ? channel.closed.snapshot() : List.of();
            return channel.inFlight.allOwnedLocked(
                    channel.inFlight.receiptOf(told), "not all that was issued is over");
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
