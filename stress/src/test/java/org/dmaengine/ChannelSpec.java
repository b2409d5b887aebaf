package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One virtual channel, everything that clients, the engine and the callback runner may do to it,
 * and the rules of the contract that must hold whatever they do. When a program is over, {@link
 * #validate} lets the engine finish and asks for what is owed to the client.
 */
public final class ChannelSpec {
    private final HeldEngine engine = new HeldEngine();
    private final ParkingLot scheduler = new ParkingLot();
    private final VirtualChannel channel;

    // What was terminated before this thread began to claim callbacks.
    private static final ThreadLocal<Long> CLAIM_FLOOR = ThreadLocal.withInitial(() -> 0L);

    // Guarded by this.
    private final Deque<Runnable> runners = new ArrayDeque<>();
    private final List<Submitted> submitted = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    // All up to it were submitted before a termination that has returned.
    private long terminatedUpTo;
    // The cookie whose callback runs, or 0.
    private long calling;

    /** A transfer, and what was told of it; guarded by the spec. */
    private static final class Submitted {
        Transfer transfer;
        Optional<TransferResult> seen = Optional.empty();
        Optional<TransferResult> told = Optional.empty();
    }

    /** A channel of two places, so that programs meet the full ring. */
    public ChannelSpec() {
        channel = engine.request(2, scheduler, this::note, this::queueRunner);
    }

    private synchronized void note(Fault fault) {
        switch (fault.kind()) {
            case ENGINE_LOST, QUARANTINE_LEFT -> {}
            default -> faults.add(fault);
        }
    }

    private synchronized void queueRunner(Runnable runner) {
        runners.add(runner);
    }

    // ---- Clients

    /** Preps and submits; a termination in between, a full ring and a closed channel refuse it. */
    @Operation
    public void submit() {
        try {
            Submitted mine = new Submitted();
            Descriptor descriptor = channel.prepInterrupt();
            descriptor.onComplete = result -> called(mine, result);
            // Without a lock of the spec: it would keep others out of the channel.
            Transfer transfer = channel.submit(descriptor);
            synchronized (this) {
                mine.transfer = transfer;
                submitted.add(mine);
            }
        } catch (DmaException refused) {
            return;
        }
    }

    @Operation
    public void issue() {
        channel.issuePending();
    }

    @Operation
    public void submitAndIssue() {
        submit();
        issue();
    }

    @Operation
    public void look() {
        for (Submitted each : snapshot()) {
            see(each);
        }
    }

    @Operation
    public void terminate() {
        long upTo = lastCookie();
        channel.terminateAsync();
        noteTerminated(upTo);
    }

    /** Asks without waiting; "quiesced" must be true (C6). */
    @Operation
    public void synchronizeNow() {
        long upTo = terminatedUpTo();
        if (channel.synchronize(Duration.ZERO) instanceof Quiesced) {
            requireQuiet(upTo);
        }
    }

    public void synchronize() {
        long upTo = terminatedUpTo();
        channel.synchronize();
        requireQuiet(upTo);
    }

    public void terminateSync() {
        long upTo = lastCookie();
        channel.terminateSync();
        noteTerminated(upTo);
        requireQuiet(upTo);
    }

    /** For programs that issue all they submit: it waits for outcomes and callbacks (C8). */
    public void drain() {
        long upTo = lastCookie();
        channel.drain();
        requireQuiet(upTo);
    }

    /** All closers return only when it is quiet (C14). */
    public void close() {
        long upTo = lastCookie();
        channel.close();
        noteTerminated(upTo);
        requireQuiet(upTo);
    }

    /** Waits for the outcome of the first transfer, which the program has submitted before. */
    public void await() {
        Submitted first = snapshot().getFirst();
        try {
            first.transfer.await();
        } catch (EngineLostException lost) {
            return;
        }
        see(first);
    }

    @Operation
    public void pause() {
        try {
            channel.pause();
        } catch (IllegalStateException | DmaException takenBack) {
            return;
        }
    }

    @Operation
    public void resume() {
        try {
            channel.resume();
        } catch (IllegalStateException | DmaException notPaused) {
            return;
        }
    }

    // ---- The engine

    /** Takes one, which must not be of a generation whose termination has returned (C4). */
    @Operation
    public void take() {
        long upTo = terminatedUpTo();
        long ticket = engine.take();
        require(ticket == 0 || ticket > upTo, "started after its termination (C4)");
    }

    @Operation
    public void complete() {
        engine.end(Outcome.COMPLETE);
    }

    @Operation
    public void stop() {
        engine.end(Outcome.ABORTED);
    }

    /** From here on the engine does not stand still at once. */
    public void pauseLate() {
        engine.pauseLate();
    }

    public void confirmPause() {
        engine.confirmPause();
    }

    /** Nobody knows any more what it does (C12). */
    public void lose() {
        channel.loss.lose("the spec says so", null);
    }

    // ---- The callback runner

    /** Runs callbacks; none of a generation whose termination has returned is claimed (C4). */
    @Operation
    public void runCallbacks() {
        Runnable runner = nextRunner();
        if (runner != null) {
            CLAIM_FLOOR.set(terminatedUpTo());
            runner.run();
        }
    }

    private void called(Submitted mine, TransferResult result) {
        long floor = CLAIM_FLOOR.get();
        require(result.cookie() > floor, "a callback after its termination (C4)");
        synchronized (this) {
            require(calling == 0, "two callbacks at once (C3)");
            require(mine.told.isEmpty(), "called twice (C3)");
            calling = result.cookie();
            mine.told = Optional.of(result);
        }
        synchronized (this) {
            calling = 0;
        }
    }

    // ---- What must be true

    /** One outcome, the same whoever is asked, and never taken back (C2). */
    private void see(Submitted each) {
        TransferState state = channel.state(each.transfer.cookie());
        Optional<TransferResult> now = each.transfer.result();
        TransferState later = channel.state(each.transfer.cookie());
        boolean over = state != TransferState.IN_PROGRESS && state != TransferState.PAUSED;
        require(!over || now.isPresent(), "over without a result (C2)");
        if (now.isPresent()) {
            TransferState told = TransferState.of(now.get().outcome());
            require(!over || state == told, "state and result differ (C2)");
            require(later == told, "result and then state differ (C2)");
        }
        synchronized (this) {
            require(each.seen.isEmpty() || each.seen.equals(now), "the outcome changed (C2)");
            each.seen = now;
        }
    }

    /** Nothing up to this cookie is on the engine, waits for it, or is in its callback. */
    private void requireQuiet(long upTo) {
        require(!engine.holds(upTo), "quiesced, and the engine holds one of the old (C6)");
        for (Submitted each : snapshot()) {
            if (each.transfer.cookie() <= upTo) {
                require(each.transfer.result().isPresent(), "quiesced without outcome (C6)");
            }
        }
        long running = calling();
        require(running == 0 || running > upTo, "quiesced inside a callback (C6)");
    }

    /** Called when the program is over, by one thread. */
    @Validate
    public void validate() {
        boolean stands = engine.isPaused();
        require(isResumed() || !stands, "the engine stands still, the channel runs (C13)");
        require(!engine.isPaused(), "resumed, and the engine stands still (C13)");
        engine.finish();
        runAllCallbacks();
        require(
                channel.drain(Duration.ZERO) instanceof Quiesced,
                "a callback waits, and no runner was scheduled (C3, C8)");
        require(
                channel.close(Duration.ZERO) instanceof Quiesced,
                "nothing is left, and it does not close (C14)");
        for (Submitted each : snapshot()) {
            Optional<TransferResult> result = each.transfer.result();
            require(result.isPresent(), "no outcome (C5)");
            require(each.told.isEmpty() || each.told.equals(result), "told another outcome (C2)");
            see(each);
        }
        require(Quarantine.entries().isEmpty(), "something stayed in quarantine (C12)");
        require(faults().isEmpty(), faults().toString());
    }

    /** Whether it was paused, which it is no more. */
    private boolean isResumed() {
        try {
            channel.resume();
            return true;
        } catch (IllegalStateException | DmaException notPaused) {
            return false;
        }
    }

    private void runAllCallbacks() {
        for (Runnable runner = nextRunner(); runner != null; runner = nextRunner()) {
            CLAIM_FLOOR.set(0L);
            runner.run();
        }
    }

    static void require(boolean kept, String otherwise) {
        if (!kept) {
            throw new AssertionError(otherwise);
        }
    }

    private synchronized Runnable nextRunner() {
        return runners.poll();
    }

    private synchronized List<Submitted> snapshot() {
        return List.copyOf(submitted);
    }

    private synchronized long calling() {
        return calling;
    }

    private synchronized List<Fault> faults() {
        return List.copyOf(faults);
    }

    private synchronized long lastCookie() {
        return submitted.isEmpty() ? 0 : submitted.getLast().transfer.cookie();
    }

    private synchronized void noteTerminated(long upTo) {
        terminatedUpTo = Math.max(terminatedUpTo, upTo);
    }

    private synchronized long terminatedUpTo() {
        return terminatedUpTo;
    }
}
