package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Plain copies with a callback: they end in runs and are called one by one, while others terminate,
 * synchronize, drain and look. {@link ChannelSpec} does the same with transfers that have a node.
 */
public final class CopyCallbackSpec {
    // One for all runs: it is never closed, and nothing of it is checked here.
    private static final DmaArena MEMORY = DmaArena.open();
    private static final MemorySegment BLOCK = MEMORY.allocate(16);

    // What was terminated before this thread began to claim callbacks.
    private static final ThreadLocal<Long> CLAIM_FLOOR = ThreadLocal.withInitial(() -> 0L);

    private final HeldEngine engine = new HeldEngine();
    private final VirtualChannel channel =
            engine.request(3, new ParkingLot(), this::note, this::queueRunner);

    // Guarded by this.
    private final Deque<Runnable> runners = new ArrayDeque<>();
    private final List<Fault> faults = new ArrayList<>();
    private final List<Long> called = new ArrayList<>();
    private long newest;
    private long terminatedUpTo;
    private long calling;

    private synchronized void note(Fault fault) {
        faults.add(fault);
    }

    private synchronized void queueRunner(Runnable runner) {
        runners.add(runner);
    }

    /** Submits and issues one, unless there is no place. */
    @Operation
    public void copy() {
        long cookie = channel.tryMemcpy(BLOCK, 0, BLOCK, 8, 8, this::called);
        channel.issuePending();
        synchronized (this) {
            newest = Math.max(newest, cookie);
        }
    }

    /** The same for one that nobody is called for. */
    @Operation
    public void copyQuietly() {
        channel.tryMemcpy(BLOCK, 0, BLOCK, 8, 8);
        channel.issuePending();
    }

    @Operation
    public void take() {
        long upTo = terminatedUpTo();
        long ticket = engine.takeCopies();
        require(ticket == 0 || ticket > upTo, "started after its termination (C4)");
    }

    @Operation
    public void end() {
        engine.endCopies();
    }

    @Operation
    public void runCallbacks() {
        Runnable runner = nextRunner();
        if (runner != null) {
            CLAIM_FLOOR.set(terminatedUpTo());
            runner.run();
        }
    }

    private void called(long cookie, Outcome outcome, long bytes) {
        require(outcome == Outcome.COMPLETE, "called for something else (C5)");
        require(cookie > CLAIM_FLOOR.get(), "a callback after its termination (C4)");
        require(channel.state(cookie) == TransferState.COMPLETE, "called before its outcome (C2)");
        synchronized (this) {
            require(calling == 0, "two callbacks at once (C3)");
            require(called.isEmpty() || called.getLast() < cookie, "out of order (C3)");
            called.add(cookie);
            calling = cookie;
        }
        synchronized (this) {
            calling = 0;
        }
    }

    /** Where each stands, which never goes back. */
    @Operation
    public void look() {
        for (long cookie = 1; cookie <= newest(); cookie++) {
            TransferState first = channel.status(cookie).state();
            TransferState second = channel.state(cookie);
            require(
                    first == TransferState.IN_PROGRESS || first == second,
                    "it went back from " + first + " to " + second + " (C2)");
        }
    }

    @Operation
    public void terminate() {
        long upTo = newest();
        channel.terminateAsync();
        synchronized (this) {
            terminatedUpTo = Math.max(terminatedUpTo, upTo);
        }
    }

    @Operation
    public void synchronizeNow() {
        long upTo = terminatedUpTo();
        if (channel.synchronize(Duration.ZERO) instanceof Quiesced quiesced) {
            requireQuiet(upTo);
            requireTruth(quiesced.receipt());
        }
    }

    /** For programs in which somebody ends and calls all there is. */
    public void synchronize() {
        long upTo = terminatedUpTo();
        requireTruth(channel.synchronize());
        requireQuiet(upTo);
    }

    public void drain() {
        long upTo = newest();
        channel.drain();
        requireQuiet(upTo);
    }

    private void requireQuiet(long upTo) {
        require(!engine.holds(upTo), "quiesced, and the engine holds one of the old (C6)");
        synchronized (this) {
            require(calling == 0 || calling > upTo, "quiesced inside a callback (C6)");
        }
    }

    /** The receipt knows which callbacks ran (C9). */
    private synchronized void requireTruth(Receipt receipt) {
        for (Receipt.Entry each : receipt.entries()) {
            require(
                    each.callbackRan() == called.contains(each.cookie()),
                    "the receipt is wrong about the callback of " + each.cookie() + " (C9)");
        }
    }

    @Validate
    public void validate() {
        engine.finish();
        for (Runnable runner = nextRunner(); runner != null; runner = nextRunner()) {
            CLAIM_FLOOR.set(0L);
            runner.run();
        }
        require(
                channel.drain(Duration.ZERO) instanceof Quiesced,
                "a callback waits, and no runner was scheduled (C3, C8)");
        require(
                channel.close(Duration.ZERO) instanceof Quiesced,
                "nothing is left, and it does not close (C14)");
        synchronized (this) {
            require(faults.isEmpty(), faults.toString());
        }
    }

    private synchronized Runnable nextRunner() {
        return runners.poll();
    }

    private synchronized long newest() {
        return newest;
    }

    private synchronized long terminatedUpTo() {
        return terminatedUpTo;
    }

    private static void require(boolean kept, String otherwise) {
        ChannelSpec.require(kept, otherwise);
    }
}
