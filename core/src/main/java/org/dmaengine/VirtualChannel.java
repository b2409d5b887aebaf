package org.dmaengine;

import org.dmaengine.PrepRefusedException.Reason;
import org.dmaengine.TransferNode.Claim;
import org.dmaengine.TransferNode.State;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.IssuedTransfer;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The channel's state machine, the same for all engines (kernel: {@code virt-dma}). The engine only
 * moves bytes; queues, cookies, generations, callbacks and quiescence are accounted for here (P7).
 *
 * <h2>A transfer</h2>
 *
 * <pre>
 *   PREPARED  -> SUBMITTED            submit
 *   SUBMITTED -> STARTED              the engine takes it: only once issued, and only while nothing
 *                                     blocks the channel (see isHeldUp)
 *   SUBMITTED -> ENDED                termination, or the engine was lost: ABORTED, 0 bytes
 *   STARTED   -> ENDED                the engine reports the end, after the last touch (P4)
 *   ENDED     -> PREPARED             a reusable descriptor, once settled
 *
 *   IDLE    -> QUEUED                 it ended (cyclic: a period elapsed) and has a callback to run
 *   QUEUED  -> CLAIMED                the runner takes it
 *   QUEUED  -> IDLE                   termination: the callback is not run
 *   CLAIMED -> IDLE                   the callback returned (cyclic: QUEUED again, with more to tell)
 * </pre>
 *
 * A transfer is settled when it is ENDED and IDLE. If its generation is closed by then, it goes
 * into that generation's evidence, once, whichever of the two came last.
 *
 * <h2>A generation</h2>
 *
 * It is open, then closed by a termination, then quiet: nothing of it on the engine, none of its
 * callbacks claimed. Work of the open generation starts only when nothing of an older one is on the
 * engine.
 *
 * <h2>The locks</h2>
 *
 * Two locks, so that submitters and the engine do not meet on every transfer. {@code submitLock}
 * guards what submitters do: descriptors, and the ring's tail. {@code lock} guards all other fields
 * unless they say otherwise. What ends submitting (termination, loss, close) takes both, submitLock
 * first. {@code lock} is a leaf: nothing is called with it held that takes another lock, runs user
 * code or enters the engine. What has to happen without it is noted in {@code actions} and done by
 * {@link #perform} after leaving. The engine's abort, pause and resume go through {@link
 * EngineControl}.
 *
 * <h2>Happens-before (C17)</h2>
 *
 * Client's writes, submit (tail, release), next (lock), engine's reads. Engine's writes, end
 * (lock), then either the volatile outcome in {@link Transfer}, or {@code head} that {@link #state}
 * reads, or the runner's claim (lock), or synchronize's look at the generation (lock).
 *
 * <p>Deliberately loose: progress is a hint, and may lag behind the bytes.
 */
final class VirtualChannel implements DmaChannel {
    private enum Life {
        OPEN,
        CLOSING,
        RELEASING,
        CLOSED
    }

    private enum Hold {
        RUNNING,
        PAUSING,
        PAUSED
    }

    // What perform() is to do once the lock is left.
    private static final int DO_CONTROL = 1;
    private static final int DO_START = 2;
    private static final int DO_CALLBACKS = 4;
    private static final int DO_FUTURES = 8;
    private static final int DO_SWEEP = 16;
    private static final int DO_FAULTS = 32;
    private static final int DO_THREADS = 64;

    private final String name;
    private final OpenedEngine engine;
    private final EngineDescription description;
    private final Set<Capability> capabilities;
    private final Scheduler scheduler;
    private final CallbackRunner runner;
    private final ChannelBackend backend;
    private final Preparation preparation;
    private final EngineControl control;
    private final Waiters waiters;
    private final int index;
    private final long serial = ChannelRegistry.nextSerial();

    private final SubmitLock submitLock = new SubmitLock();
    private final Object lock = new Object();

    private final TransferRing ring;
    private final OutcomeHistory history = new OutcomeHistory();
    // Volatile: set under the lock once the history has an entry; read by state() without it.
    private volatile boolean hasHistory;

    // Volatile: replaced under the lock by a termination, read by prep without it.
    private volatile Generation generation = new Generation();
    private final ClosedGenerations closed = new ClosedGenerations();

    // Of a closed generation, from the first cookie until the end: taken out of the queue, and
    // still
    // without an outcome. See withdraw.
    private @Nullable Generation withdrawn;
    private long withdrawnFirst;
    private long withdrawnEnd;

    // Guarded by the submit lock: the youngest cookie that has a Transfer.
    private long newestHandle;

    // Transfers on the engine of closed generations (the open one counts its own), and the fence
    // that holds up those behind it.
    private int onEngineOfOlder;
    private long fenceCookie;

    // Volatile: set under the lock; leaving OPEN takes the submit lock too. Read by prep and
    // submit.
    private volatile Life life = Life.OPEN;
    // Volatile: written under the lock, read by state() without it.
    private volatile Hold hold = Hold.RUNNING;
    // Rises with every pause taken back, so that a waiting pause notices.
    private long holdChanges;
    // Volatile: set by configure, read by prep; a value that never changes inside.
    private volatile @Nullable PeripheralConfig config;
    // Volatile: set once under both locks, read by prep and submit.
    private volatile @Nullable String lostReason;
    private @Nullable Throwable lostCause;

    private final CallbackQueue callbacks = new CallbackQueue();
    // The runner was scheduled, and has not left: it will look at the queue once more.
    private boolean runnerActive;

    private final List<Transfer> futuresToComplete = new ArrayList<>();
    private final List<Fault> faultsToReport = new ArrayList<>();
    private int actions;

    VirtualChannel(OpenedEngine engine, int index, ChannelRequest request) {
        this.engine = engine;
        this.description = engine.description();
        this.name = request.name().orElseGet(() -> engine.nextChannelName());
        this.capabilities = request.capabilities();
        this.scheduler = engine.scheduler();
        this.ring = new TransferRing(this, request.depthMax());
        this.runner =
                new CallbackRunner(
                        this,
                        request.callbackExecutor().orElse(engine.callbackThreads()),
                        engine.callbackThreads());
        this.index = index;
        this.waiters = new Waiters(lock, scheduler);
        this.backend = engine.openBackendChannel(index, new EngineSide(this));
        this.control = new EngineControl(this, lock, backend);
        this.preparation = new Preparation(name, description, capabilities, backend);
        ChannelRegistry.add(this);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DmaEngine engine() {
        return engine;
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    // ---- Step 3: prep

    @Override
    public Descriptor prepMemcpy(MemorySegment target, MemorySegment source, Flag... flags) {
        return prep(Preparation.copyOf(target, source), null, flags);
    }

    @Override
    public Descriptor prepMemset(MemorySegment target, byte value, Flag... flags) {
        return prep(new Operation.Memset(target, value), null, flags);
    }

    @Override
    public void configure(PeripheralConfig newConfig) {
        config = newConfig;
    }

    @Override
    public Descriptor prepPeripheralSg(List<MemorySegment> segments, Flag... flags) {
        return prepPeripheralSg(configured(), segments, flags);
    }

    @Override
    public Descriptor prepPeripheralSg(
            PeripheralConfig given, List<MemorySegment> segments, Flag... flags) {
        return prep(new Operation.PeripheralSg(given, segments), null, flags);
    }

    @Override
    public Descriptor prepCyclic(
            MemorySegment memory, long periodBytes, PeriodCallback onPeriod, Flag... flags) {
        return prepCyclic(configured(), memory, periodBytes, onPeriod, flags);
    }

    @Override
    public Descriptor prepCyclic(
            PeripheralConfig given,
            MemorySegment memory,
            long periodBytes,
            PeriodCallback onPeriod,
            Flag... flags) {
        return prep(new Operation.Cyclic(given, memory, periodBytes), onPeriod, flags);
    }

    @Override
    public Descriptor prepInterleaved(InterleavedTemplate template, Flag... flags) {
        return prep(new Operation.Interleaved(template), null, flags);
    }

    @Override
    public Descriptor prepInterrupt(Flag... flags) {
        return prep(new Operation.Interrupt(), null, flags);
    }

    @Override
    public Descriptor prepCommand(Peripheral peripheral, Command command, Flag... flags) {
        return prep(new Operation.PeripheralCommand(peripheral, command), null, flags);
    }

    private PeripheralConfig configured() {
        synchronized (lock) {
            if (config == null) {
                throw new IllegalStateException(
                        "channel '"
                                + name
                                + "' has no peripheral; call configure() or name it here");
            }
            return config;
        }
    }

    private Descriptor prep(Operation operation, @Nullable PeriodCallback onPeriod, Flag... flags) {
        // Before the checks, so that a termination during them makes it stale (C15).
        Generation preparedIn = generation;
        requireUsable();
        return preparation.prep(this, preparedIn, operation, onPeriod, flags);
    }

    void setCallback(Descriptor descriptor, TransferCallback callback) {
        if (!Flag.INTERRUPT.in(descriptor.flags)) {
            throw new PrepRefusedException(
                    Reason.FLAGS,
                    "the descriptor was prepared without INTERRUPT, so that its callback would"
                            + " never run; add the flag");
        }
        submitLock.lock();
        try {
            requirePrepared(descriptor);
            descriptor.onComplete = callback;
        } finally {
            submitLock.unlock();
        }
    }

    void rearm(Descriptor descriptor) {
        if (!descriptor.isReusable()) {
            throw new IllegalStateException(
                    "only descriptors prepared with REUSE can be re-armed; prepare a new one");
        }
        submitLock.lock();
        try {
            requirePrepared(descriptor);
            descriptor.generation = generation;
        } finally {
            submitLock.unlock();
        }
    }

    /** Never submitted, or reusable and its last run has an outcome. */
    private void requirePrepared(Descriptor descriptor) {
        if (descriptor.cookie == 0) {
            return;
        }
        if (!descriptor.isReusable() || !hasEnded(descriptor.cookie)) {
            throw new IllegalStateException(
                    "the descriptor was submitted with cookie "
                            + descriptor.cookie
                            + " on channel '"
                            + name
                            + "'; "
                            + (descriptor.isReusable()
                                    ? "wait until its transfer has an outcome"
                                    : "prepare a new one, or prepare it with REUSE"));
        }
    }

    private boolean hasEnded(long cookie) {
        synchronized (lock) {
            abortWithdrawn();
            return !ring.contains(cookie) || ring.hasEnded(cookie);
        }
    }

    // ---- Step 4: submit (C1)

    @Override
    public Transfer submit(Descriptor descriptor) {
        Transfer transfer = new Transfer(this, scheduler);
        if (submit(descriptor, transfer) == 0) {
            throw new QueueFullException(
                    "the queue of channel '"
                            + name
                            + "' is full; issue, and wait for outcomes, or request it with a larger"
                            + " depth");
        }
        return transfer;
    }

    @Override
    public long trySubmit(Descriptor descriptor) {
        return submit(descriptor, null);
    }

    private long submit(Descriptor descriptor, @Nullable Transfer transfer) {
        if (descriptor.channel != this) {
            throw new IllegalStateException(
                    "the descriptor was prepared on channel '"
                            + descriptor.channel.name
                            + "' and cannot be submitted to '"
                            + name
                            + "'");
        }
        submitLock.lock();
        try {
            requireUsable();
            requirePrepared(descriptor);
            if (descriptor.generation != generation) {
                throw new StaleDescriptorException(name, descriptor.isReusable());
            }
            requireOwnersOpen(descriptor.owners);
            if (!makeRoom()) {
                return 0;
            }
            TransferNode node = ring.free();
            node.arm(descriptor, transfer);
            descriptor.cookie = ring.tailAcquire();
            if (transfer != null) {
                transfer.setCookie(descriptor.cookie);
                newestHandle = descriptor.cookie;
            }
            return ring.add(node);
        } finally {
            submitLock.unlock();
        }
    }

    /** Under the submit lock. False if the queue is full (P10). */
    private boolean makeRoom() {
        if (ring.hasPlace()) {
            return true;
        }
        if (isFull()) {
            return false;
        }
        if (ring.needsToGrow()) {
            synchronized (lock) {
                ring.grow();
            }
        }
        return true;
    }

    private boolean isFull() {
        if (!ring.isFull()) {
            return false;
        }
        // What was withdrawn may have the places, or what has just ended: its client may know the
        // outcome already, and come back before the place does.
        if (ring.isAnyEndedAhead()) {
            synchronized (lock) {
                abortWithdrawn();
            }
        }
        // Once more in any case: the places come back before the count falls.
        return ring.isFull();
    }

    @Override
    public long tryMemcpy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes,
            CookieCallback callback) {
        return memcpy(target, targetOffset, source, sourceOffset, lengthBytes, callback);
    }

    @Override
    public long tryMemcpy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes) {
        return memcpy(target, targetOffset, source, sourceOffset, lengthBytes, null);
    }

    private long memcpy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes,
            @Nullable CookieCallback callback) {
        MemoryOwner[] owners =
                preparation.checkCopy(target, targetOffset, source, sourceOffset, lengthBytes);
        submitLock.lock();
        try {
            requireUsable();
            requireOwnersOpen(owners);
            if (!makeRoom()) {
                return 0;
            }
            if (CopySlots.fit(targetOffset, lengthBytes)) {
                return ring.addCopy(
                        target, targetOffset, source, sourceOffset, lengthBytes, owners, callback);
            }
            TransferNode node = ring.free();
            node.armCopy(
                    target,
                    targetOffset,
                    source,
                    sourceOffset,
                    lengthBytes,
                    owners,
                    generation,
                    callback);
            return ring.add(node);
        } finally {
            submitLock.unlock();
        }
    }

    @Override
    public long tryPeripheral(PeripheralConfig given, long offsetBytes, MemorySegment segment) {
        return access(given, offsetBytes, segment, null);
    }

    @Override
    public long tryPeripheral(
            PeripheralConfig given,
            long offsetBytes,
            MemorySegment segment,
            CookieCallback callback) {
        return access(given, offsetBytes, segment, callback);
    }

    private long access(
            PeripheralConfig given,
            long offsetBytes,
            MemorySegment segment,
            @Nullable CookieCallback callback) {
        MemoryOwner[] owners = preparation.checkAccess(given, offsetBytes, segment);
        submitLock.lock();
        try {
            requireUsable();
            requireOwnersOpen(owners);
            if (!makeRoom()) {
                return 0;
            }
            TransferNode node = ring.free();
            node.armAccess(given, offsetBytes, segment, owners, generation, callback);
            return ring.add(node);
        } finally {
            submitLock.unlock();
        }
    }

    private void requireUsable() {
        if (life != Life.OPEN) {
            throw new ChannelClosedException("channel '" + name + "' is closed; request a new one");
        }
        if (lostReason != null) {
            throw lostException();
        }
    }

    private static void requireOwnersOpen(MemoryOwner[] owners) {
        for (MemoryOwner owner : owners) {
            if (!owner.isOpen()) {
                throw new IllegalStateException(
                        owner.name() + " of the transfer's memory is closed or being closed");
            }
        }
    }

    // ---- Step 5: issue, ask

    @Override
    public void issuePending() {
        submitLock.lock();
        try {
            if (life != Life.OPEN) {
                return;
            }
            ring.issueAll();
        } finally {
            submitLock.unlock();
        }
        if (lostReason == null) {
            startEngine();
        }
    }

    private int onEngine() {
        return onEngineOfOlder + generation.onEngine;
    }

    /** Whether nothing may be handed to the engine now. */
    private boolean isHeldUp() {
        return hold != Hold.RUNNING
                || control.isAborting()
                || fenceCookie != 0
                || onEngineOfOlder > 0
                || lostReason != null;
    }

    @Override
    public TransferState state(long cookie) {
        // In this order: see TransferRing.isAnyEndedAhead.
        boolean anyEnded = ring.isAnyEndedAhead();
        if (cookie > 0 && cookie < ring.headAcquire()) {
            if (!hasHistory) {
                return TransferState.COMPLETE;
            }
        } else if (!anyEnded && hold != Hold.PAUSED && cookie > 0 && cookie < ring.tailAcquire()) {
            return TransferState.IN_PROGRESS;
        }
        synchronized (lock) {
            abortWithdrawn();
            long tail = ring.tailAcquire();
            return stateLocked(cookie, tail, nodeOf(cookie, tail));
        }
    }

    @Override
    public TransferStatus status(long cookie) {
        synchronized (lock) {
            abortWithdrawn();
            long tail = ring.tailAcquire();
            TransferNode node = nodeOf(cookie, tail);
            TransferState state = stateLocked(cookie, tail, node);
            long residue =
                    node != null
                            ? node.residueBytes()
                            : state == TransferState.UNKNOWN ? 0 : history.residueBytes(cookie);
            long inFlight =
                    node != null && node.state == State.STARTED
                            ? Math.max(0, node.lengthBytes - node.progressBytes())
                            : 0;
            long completed = ring.settled();
            while (completed < tail && ring.hasEnded(completed)) {
                completed++;
            }
            return new TransferStatus(state, residue, inFlight, completed - 1, tail - 1);
        }
    }

    /**
     * Submitters move the tail without this lock: one look at it serves all questions, or a cookie
     * that is given out between two would seem to be over (C2).
     */
    private @Nullable TransferNode nodeOf(long cookie, long tail) {
        boolean known = cookie < tail && ring.contains(cookie) && !ring.isCompleteCopy(cookie);
        return known ? ring.at(cookie) : null;
    }

    private TransferState stateLocked(long cookie, long tail, @Nullable TransferNode node) {
        if (node == null) {
            // Up to 0 the history knows nothing either.
            return cookie < tail ? history.state(cookie) : TransferState.UNKNOWN;
        }
        return switch (node.state) {
            case FREE, SUBMITTED, STARTED ->
                    hold == Hold.PAUSED ? TransferState.PAUSED : TransferState.IN_PROGRESS;
            case ENDED -> TransferState.of(node.outcome());
        };
    }

    @Override
    public void acknowledge(long cookie) {
        synchronized (lock) {
            abortWithdrawn();
            if (ring.contains(cookie) && !ring.isCompleteCopy(cookie)) {
                ring.at(cookie).acknowledged = true;
                ring.retire();
            }
        }
    }

    // ---- The engine's side

    @Nullable IssuedTransfer takeNext() {
        synchronized (lock) {
            abortWithdrawn();
            return take();
        }
    }

    int takeNext(IssuedTransfer[] batch) {
        synchronized (lock) {
            abortWithdrawn();
            int count = 0;
            while (count < batch.length) {
                TransferNode node = take();
                if (node == null) {
                    break;
                }
                batch[count++] = node;
            }
            return count;
        }
    }

    private @Nullable TransferNode take() {
        if (!ring.hasToStart() || isHeldUp()) {
            return null;
        }
        TransferNode node = ring.takeToStart();
        node.state = State.STARTED;
        node.started = true;
        generation.onEngine++;
        generation.reachedEngine = true;
        if (Flag.FENCE.in(node.flags)) {
            fenceCookie = node.cookie;
        }
        return node;
    }

    /** A look without the lock, for an engine that looks again and again. */
    boolean mayHaveNext() {
        return ring.hasToStart();
    }

    /** For the engine: the plain copies next in line, or null if there are none to start now. */
    @Nullable IssuedCopies takeCopies() {
        synchronized (lock) {
            abortWithdrawn();
            return takeRun();
        }
    }

    private @Nullable CopyRun takeRun() {
        CopyRun run = ring.run();
        Generation open = generation;
        if (run.isTaken() || isHeldUp() || !ring.takeRun(open)) {
            return null;
        }
        open.onEngine += run.count();
        open.reachedEngine = true;
        return run;
    }

    /**
     * The first few of the run are complete; each of the others still gets an end of its own.
     *
     * @param more whether to take the next run, if all were complete
     */
    @Nullable IssuedCopies endedCopies(int complete, boolean more) {
        int todo;
        String broken = null;
        CopyRun next = null;
        synchronized (lock) {
            abortWithdrawn();
            CopyRun run = ring.run();
            if (!run.isTaken() || complete < 0 || complete > run.count()) {
                broken = "it reported " + complete + " complete copies of " + run;
            } else if (complete == run.count() && !run.hasNodes()) {
                completeRun(run);
                // Callbacks that are about to run on this very thread may pause.
                next = more && (actions & DO_CALLBACKS) == 0 ? takeRun() : null;
            } else {
                broken = endOneByOne(run, complete);
            }
            todo = takeActions();
        }
        reportBroken("P4", broken);
        perform(todo);
        return next;
    }

    /** As {@link #finish} for each: of the open generation, and complete. */
    private void completeRun(CopyRun run) {
        run.generation().onEngine -= run.count();
        if (ring.isRunPlain()) {
            ring.retireRun();
        } else {
            if (!ring.isRunBehindCompleted()) {
                queueCopies();
            }
            ring.completeRun();
            if (ring.hasCallbackWaiting()) {
                wantRunner();
            }
            ring.retire();
        }
        if (Quarantine.wantsSweep()) {
            actions |= DO_SWEEP;
        }
        if (hold == Hold.PAUSING && onEngine() == 0) {
            hold = Hold.PAUSED;
        }
        waiters.wake();
    }

    private @Nullable String endOneByOne(CopyRun run, int complete) {
        String broken = null;
        long first = run.first();
        ring.makeNodes(run.generation(), first, run.end());
        run.over();
        for (long ticket = first; ticket < first + complete; ticket++) {
            TransferNode node = started(ticket);
            if (node == null) {
                broken = notHeld(ticket);
            } else {
                finish(node, Outcome.COMPLETE, node.lengthBytes, null);
            }
        }
        ring.retire();
        return broken;
    }

    private @Nullable TransferNode started(long ticket) {
        if (!ring.contains(ticket)) {
            return null;
        }
        TransferNode node = ring.at(ticket);
        return node.state == State.STARTED ? node : null;
    }

    void completed(long[] tickets, int count) {
        int todo;
        String broken = null;
        synchronized (lock) {
            abortWithdrawn();
            for (int i = 0; i < count; i++) {
                TransferNode node = started(tickets[i]);
                if (node == null) {
                    broken = notHeld(tickets[i]);
                } else {
                    finish(node, Outcome.COMPLETE, node.lengthBytes, null);
                }
            }
            ring.retire();
            todo = takeActions();
        }
        reportBroken("P4", broken);
        perform(todo);
    }

    void ended(long ticket, Outcome outcome, long bytes, @Nullable TransferError error) {
        int todo;
        String broken = null;
        boolean outOfRange = false;
        synchronized (lock) {
            abortWithdrawn();
            TransferNode node = started(ticket);
            if (node == null) {
                broken = notHeld(ticket);
            } else {
                long limit = node.isCyclic() ? Long.MAX_VALUE : node.lengthBytes;
                long clamped = Math.clamp(bytes, 0, limit);
                if (clamped != bytes) {
                    outOfRange = true;
                    broken = "it reported " + bytes + " bytes for " + node + " of " + limit;
                }
                finish(node, outcome, clamped, error);
                ring.retire();
            }
            todo = takeActions();
        }
        reportBroken(outOfRange ? "P9" : "P4", broken);
        perform(todo);
    }

    private String notHeld(long ticket) {
        return "an end was reported for ticket "
                + ticket
                + (ring.contains(ticket)
                        ? ", which is " + ring.at(ticket)
                        : ticket > 0 && ticket < ring.tailAcquire()
                                ? ", which ended before"
                                : ", which was never handed out");
    }

    /** STARTED to ENDED: the last touch has happened. The caller retires. */
    private void finish(
            TransferNode node, Outcome outcome, long bytes, @Nullable TransferError error) {
        Generation itsGeneration = node.generation();
        boolean old = itsGeneration != generation;
        itsGeneration.onEngine--;
        if (old) {
            onEngineOfOlder--;
        }
        boolean unblocks = old && onEngineOfOlder == 0;
        if (fenceCookie == node.cookie) {
            fenceCookie = 0;
            unblocks = true;
        }
        // Before the outcome shows: whoever sees it finds the memory free.
        if (lostReason != null && Quarantine.leave(node)) {
            faultsToReport.add(
                    new Fault(
                            Fault.Kind.QUARANTINE_LEFT,
                            name,
                            "a late proof arrived for " + node,
                            Optional.empty()));
            actions |= DO_FAULTS;
        }
        publish(node, outcome, bytes, error);
        if (Quarantine.wantsSweep()) {
            actions |= DO_SWEEP;
        }
        if (hold == Hold.PAUSING && onEngine() == 0) {
            hold = Hold.PAUSED;
        }
        if (unblocks && ring.hasToStart() && !isHeldUp()) {
            actions |= DO_START;
        }
        waiters.wake();
    }

    /** Gives a transfer its one outcome (C2), and decides about its callback. */
    private void publish(
            TransferNode node, Outcome outcome, long bytes, @Nullable TransferError error) {
        node.outcome = outcome;
        node.bytes = bytes;
        node.error = error;
        node.state = State.ENDED;
        ring.ended();
        long residue = node.residueBytes();
        if (outcome != Outcome.COMPLETE || residue != 0) {
            history.add(node.cookie, outcome, residue);
            hasHistory = true;
        }
        Transfer transfer = node.transfer;
        if (transfer != null && transfer.publish(node.result())) {
            futuresToComplete.add(transfer);
            actions |= DO_FUTURES;
        }
        if (node.claim == Claim.IDLE) {
            if (node.wantsCompletionCallback() && !node.generation().closed) {
                queueCallback(node);
            } else {
                settle(node);
            }
        }
    }

    /** ENDED and IDLE: over. Called once for each transfer; the caller retires. */
    private void settle(TransferNode node) {
        assert node.isSettled() : node + " is not over";
        Generation itsGeneration = node.generation();
        if (itsGeneration.closed) {
            closed.addEvidence(
                    itsGeneration,
                    new Receipt.Entry(
                            node.cookie,
                            node.operation().kind(),
                            node.outcome(),
                            node.bytes,
                            node.residueBytes(),
                            node.callbackRan,
                            proofOf(node)));
            // Its place is given up with its generation.
            node.acknowledged = true;
        }
    }

    private Proof proofOf(TransferNode node) {
        if (!node.started) {
            return Proof.NEVER_STARTED;
        }
        Termination row = description.termination().get(node.operation().kind());
        assert row != null : "refused when the engine was opened";
        return row.proof();
    }

    private int takeActions() {
        int todo = actions;
        // Mostly there is nothing, and submitters read fields of the same cache line.
        if (todo != 0) {
            actions = 0;
        }
        return todo;
    }

    /**
     * Does what was noted under the lock; called without it. The next start comes first (C1, C3).
     */
    private void perform(int todo) {
        if ((todo & DO_CONTROL) != 0) {
            control.run();
        }
        if ((todo & DO_START) != 0) {
            startEngine();
        }
        if ((todo & DO_CALLBACKS) != 0) {
            runner.schedule();
        }
        if ((todo & DO_FUTURES) != 0) {
            engine.callbackThreads().execute(this::completeFutures);
        }
        if ((todo & DO_SWEEP) != 0) {
            engine.callbackThreads().execute(Quarantine::sweep);
        }
        if ((todo & DO_THREADS) != 0) {
            engine.callbackThreads().startIfStranded();
        }
        if ((todo & DO_FAULTS) != 0) {
            reportFaults();
        }
    }

    private void startEngine() {
        try {
            backend.start();
        } catch (RuntimeException | Error broken) {
            // Nobody knows what it had taken and begun.
            loseEngine("its start threw " + broken, broken);
        }
    }

    private void completeFutures() {
        List<Transfer> batch;
        synchronized (lock) {
            batch = List.copyOf(futuresToComplete);
            futuresToComplete.clear();
        }
        batch.forEach(Transfer::completeFutures);
    }

    private void reportFaults() {
        List<Fault> batch;
        synchronized (lock) {
            batch = List.copyOf(faultsToReport);
            faultsToReport.clear();
        }
        batch.forEach(engine::report);
    }

    void reportBroken(String rule, @Nullable String message) {
        if (message != null) {
            engine.report(
                    new Fault(
                            Fault.Kind.ENGINE_CONTRACT,
                            name,
                            message,
                            Optional.of(new EngineContractException(rule, message))));
        }
    }

    // ---- Callbacks (C3)

    private void queueCallback(TransferNode node) {
        queueCopies();
        callbacks.add(node);
        wantRunner();
    }

    /** Plain copies whose callbacks wait get nodes: something is to wait behind them. */
    void queueCopies() {
        for (TransferNode next = ring.nextCompleted(generation);
                next != null;
                next = ring.nextCompleted(generation)) {
            callbacks.add(next);
        }
    }

    private void wantRunner() {
        if (!runnerActive) {
            runnerActive = true;
            actions |= DO_CALLBACKS;
        } else if (engine.callbackThreads().isStranded()) {
            actions |= DO_THREADS;
        }
    }

    /**
     * For the runner: the callback of {@code returned} is over; claims the next one. From here
     * until the next call it may run, and no termination takes it back (C4).
     *
     * @return null if there is none; then the runner is to leave, and will be scheduled again
     */
    @Nullable TransferNode claimNext(@Nullable TransferNode returned, Thread thread) {
        TransferNode next;
        int todo;
        synchronized (lock) {
            if (returned != null) {
                returned(returned);
            }
            if (returned == null && callbacks.isClaimed()) {
                // A second runner, of an executor that took it and threw: the first goes on (C3).
                return null;
            }
            next = claim(thread);
            runnerActive = next != null;
            if (!runnerActive) {
                CallbackContext.current().announceReturn();
            }
            todo = takeActions();
        }
        perform(todo);
        return next;
    }

    /** Plain copies wait behind all nodes, and get one of their own only now. */
    private @Nullable TransferNode claim(Thread thread) {
        if (callbacks.isEmpty()) {
            TransferNode copy = ring.nextCalled(generation);
            if (copy != null) {
                callbacks.add(copy);
            }
            // Those before it had no callback.
            ring.retire();
        }
        return callbacks.claimNext(thread);
    }

    /** For a runner that gives up its thread: true if it must be scheduled again. */
    boolean yieldAfter(TransferNode returned) {
        int todo;
        boolean more;
        synchronized (lock) {
            returned(returned);
            more = !callbacks.isEmpty() || ring.hasCallbackWaiting();
            runnerActive = more;
            todo = takeActions();
        }
        perform(todo);
        return more;
    }

    private void returned(TransferNode node) {
        callbacks.returned(node);
        boolean open = !node.generation().closed;
        if (node.held && open) {
            node.held = false;
            actions |= DO_START;
        }
        boolean completion =
                node.state == State.ENDED
                        && node.wantsCompletionCallback()
                        && !node.completionClaimed;
        if (open && (node.hasPeriodToTell() || completion)) {
            queueCallback(node);
        } else if (node.state == State.ENDED) {
            settle(node);
            ring.returned(node);
        }
        ring.retire();
        waiters.wake();
    }

    boolean mayStartPeriod(TransferNode node) {
        synchronized (lock) {
            Operation.Cyclic cyclic = (Operation.Cyclic) node.operation();
            boolean free =
                    node.onPeriod == null
                            || !cyclic.config().holdBack()
                            || node.signalled - node.delivered < cyclic.periods();
            node.held = !free;
            return free;
        }
    }

    void periodElapsed(TransferNode node) {
        int todo;
        synchronized (lock) {
            if (node.state != State.STARTED || node.onPeriod == null) {
                return;
            }
            node.signalled++;
            if (node.claim == Claim.IDLE && !node.generation().closed) {
                queueCallback(node);
            }
            todo = takeActions();
        }
        perform(todo);
    }

    void reportCallback(TransferNode node, Throwable thrown) {
        engine.report(
                new Fault(
                        Fault.Kind.CALLBACK_THREW,
                        name,
                        "the callback of " + node + " threw " + thrown,
                        Optional.of(thrown)));
    }

    void reportRefused(Throwable thrown) {
        engine.report(
                new Fault(
                        Fault.Kind.EXECUTOR_REFUSED,
                        name,
                        "the callback executor threw "
                                + thrown
                                + "; the engine's threads take over",
                        Optional.of(thrown)));
    }

    // ---- Pause and resume (C13)

    @Override
    public void pause() {
        requirePausable();
        int todo;
        long changes;
        boolean mine;
        synchronized (lock) {
            requireUsable();
            changes = holdChanges;
            mine = hold == Hold.RUNNING;
            if (mine) {
                if (onEngine() == 0) {
                    hold = Hold.PAUSED;
                } else {
                    hold = Hold.PAUSING;
                    control.wishPause();
                    actions |= DO_CONTROL;
                }
            }
            todo = takeActions();
        }
        perform(todo);
        if (CallbackContext.isOnEngineThread()) {
            requirePausedAtOnce(mine);
        }
        waiters.await(
                () -> hold != Hold.PAUSING || holdChanges != changes || lostReason != null,
                Deadline.NONE);
        synchronized (lock) {
            if (lostReason != null) {
                throw lostException();
            }
            if (holdChanges != changes) {
                throw new IllegalStateException(
                        "channel '"
                                + name
                                + "' was resumed, terminated or closed while pause() waited");
            }
        }
    }

    /** On the thread that the engine needs for its answer, there is no waiting for it (C10). */
    private void requirePausedAtOnce(boolean mine) {
        int todo;
        synchronized (lock) {
            if (hold != Hold.PAUSING) {
                return;
            }
            if (mine) {
                clearPause();
            }
            todo = takeActions();
        }
        perform(todo);
        throw new CallbackContextException("pause()");
    }

    @Override
    public void resume() {
        requirePausable();
        int todo;
        synchronized (lock) {
            requireUsable();
            if (hold == Hold.RUNNING) {
                throw new IllegalStateException(
                        "channel '" + name + "' is not paused; resume() follows pause()");
            }
            clearPause();
            if (ring.hasToStart() && !isHeldUp()) {
                actions |= DO_START;
            }
            todo = takeActions();
        }
        perform(todo);
    }

    private void requirePausable() {
        if (!description.capabilities().contains(Capability.PAUSE)) {
            throw new UnsupportedOperationException(
                    "engine '" + engine.name() + "' cannot pause; terminate instead");
        }
    }

    private void clearPause() {
        if (hold == Hold.RUNNING) {
            return;
        }
        hold = Hold.RUNNING;
        holdChanges++;
        control.wishResume();
        actions |= DO_CONTROL;
        waiters.wake();
    }

    /** The engine was told to abort; what it threw belongs into the receipt (C7). */
    void abortTold(@Nullable Throwable thrown) {
        int todo;
        synchronized (lock) {
            if (thrown != null) {
                closed.abortFailed(thrown);
            }
            if (ring.hasToStart() && !isHeldUp()) {
                actions |= DO_START;
            }
            todo = takeActions();
        }
        perform(todo);
    }

    /** No byte moves any more, unless the pause was taken back meanwhile. */
    void pauseTold() {
        synchronized (lock) {
            if (hold == Hold.PAUSING && control.isPauseTold()) {
                hold = Hold.PAUSED;
                waiters.wake();
            }
        }
    }

    /** Under the lock. */
    void controlIdle() {
        waiters.wake();
    }

    @Nullable Throwable tellEngine(String what, Runnable call) {
        try {
            call.run();
            return null;
        } catch (RuntimeException | Error broken) {
            engine.report(
                    new Fault(
                            Fault.Kind.ENGINE_THREW,
                            name,
                            "the engine's " + what + " threw " + broken,
                            Optional.of(broken)));
            return broken;
        }
    }

    // ---- Termination (C4 to C7)

    @Override
    public void terminateAsync() {
        int todo;
        submitLock.lock();
        try {
            synchronized (lock) {
                if (life == Life.CLOSED) {
                    return;
                }
                closeGeneration();
                todo = takeActions();
            }
        } finally {
            submitLock.unlock();
        }
        perform(todo);
    }

    @Override
    @Deprecated
    @SuppressWarnings(
            "InlineMeSuggester") // Its users are to choose between two replacements (C18).
    public void terminateAll() {
        terminateAsync();
    }

    Generation openGeneration() {
        return generation;
    }

    /** Under both locks. */
    private void closeGeneration() {
        abortWithdrawn();
        Generation closing = generation;
        queueCopies();
        // What is on the engine must know its generation.
        ring.makeNodes(closing, ring.oldest(), ring.toStart());
        closing.closed = true;
        generation = new Generation();
        onEngineOfOlder += closing.onEngine;
        revokeCallbacks();
        for (long cookie = ring.oldest(); cookie < ring.toStart(); cookie++) {
            ring.at(cookie).acknowledged = true;
        }
        withdraw(closing);
        ring.retire();
        clearPause();
        if (!closing.isEmpty() || withdrawn != null || closed.isEmpty()) {
            closed.add(closing);
        }
        if (onEngine() > 0 && lostReason == null) {
            control.wishAbort();
            actions |= DO_CONTROL;
        }
        waiters.wake();
    }

    /** Callbacks not yet claimed are not run; the outcomes stay (C5). */
    private void revokeCallbacks() {
        for (TransferNode node = callbacks.revokeNext();
                node != null;
                node = callbacks.revokeNext()) {
            if (node.state == State.ENDED) {
                settle(node);
            }
        }
    }

    /**
     * Nothing of the queue starts any more. The outcomes follow when somebody looks: a termination
     * does not last longer because much is queued. Only who holds a {@link Transfer} may be waiting
     * for it, and is told at once.
     */
    private void withdraw(Generation closing) {
        long first = ring.toStart();
        if (first < ring.tailAcquire()) {
            withdrawn = closing;
            withdrawnFirst = first;
            withdrawnEnd = ring.tailAcquire();
            ring.someWithdrawn();
        }
        ring.skipToTail();
        if (newestHandle >= first) {
            abortWithdrawn();
        }
    }

    /**
     * Gives what was withdrawn its outcome. Under the lock, before anything else looks at
     * transfers: so nobody sees one of them without it.
     */
    private void abortWithdrawn() {
        Generation closing = withdrawn;
        if (closing == null) {
            return;
        }
        withdrawn = null;
        ring.makeNodes(closing, withdrawnFirst, withdrawnEnd);
        for (long cookie = withdrawnFirst; cookie < withdrawnEnd; cookie++) {
            publish(ring.at(cookie), Outcome.ABORTED, 0, null);
        }
        ring.noneWithdrawn();
        ring.retire();
        closed.keepBound();
    }

    @Override
    public Receipt synchronize() {
        CallbackContext.refuse("synchronize()");
        return orThrow(quiesce(Deadline.NONE));
    }

    @Override
    public Quiescence synchronize(Duration timeout) {
        CallbackContext.refuse("synchronize()");
        return quiesce(Deadline.after(scheduler, timeout));
    }

    @Override
    public Receipt terminateSync() {
        CallbackContext.refuse("terminateSync()");
        terminateAsync();
        return orThrow(quiesce(Deadline.NONE));
    }

    @Override
    public Quiescence terminateSync(Duration timeout) {
        CallbackContext.refuse("terminateSync()");
        long deadline = Deadline.after(scheduler, timeout);
        terminateAsync();
        return quiesce(deadline);
    }

    /** Waits by accounting first, then lets the engine prove it. */
    private Quiescence quiesce(long deadlineNanos) {
        engine.callbackThreads().startIfStranded();
        List<Generation> targets;
        long flushTo;
        synchronized (lock) {
            abortWithdrawn();
            targets = closed.snapshot();
            queueCopies();
            flushTo = callbacks.queued();
        }
        BooleanSupplier quiet =
                targets.isEmpty()
                        ? () -> callbacks.over() >= flushTo
                        : () -> targets.stream().allMatch(Generation::isQuiet);
        boolean done =
                waiters.await(() -> quiet.getAsBoolean() || isLostFor(targets), deadlineNanos);
        synchronized (lock) {
            if (!done || !quiet.getAsBoolean()) {
                return stillOwnedLocked(targets, "the deadline passed");
            }
        }
        if (!proveLastTouch(targets, deadlineNanos)) {
            synchronized (lock) {
                return stillOwnedLocked(targets, "the engine could not prove the last touch");
            }
        }
        synchronized (lock) {
            Receipt receipt = receiptOf(targets);
            closed.collected(targets);
            return new Quiesced(receipt);
        }
    }

    /** A lost engine ends no transfers: there is nothing to wait for, except callbacks. */
    private boolean isLostFor(List<Generation> targets) {
        return lostReason != null
                && !targets.isEmpty()
                && targets.stream().noneMatch(each -> each.callbackClaimed);
    }

    private boolean proveLastTouch(List<Generation> targets, long deadlineNanos) {
        synchronized (lock) {
            // On a lost engine each end counts by itself, but a proof that it failed to give is
            // still owed: it is asked again, for the answer may come late (C12).
            if (targets.stream()
                    .noneMatch(each -> lostReason == null ? each.reachedEngine : each.unproved)) {
                return true;
            }
        }
        boolean proved = false;
        try {
            proved = backend.synchronize(deadlineNanos);
        } catch (RuntimeException | Error broken) {
            loseProof(targets, "its synchronize threw " + broken, broken);
        }
        if (!proved && deadlineNanos == Deadline.NONE) {
            loseProof(targets, "its synchronize gave up without a deadline", null);
        }
        return proved;
    }

    private void loseProof(List<Generation> targets, String reason, @Nullable Throwable cause) {
        synchronized (lock) {
            targets.forEach(each -> each.unproved = true);
        }
        loseEngine(reason, cause);
    }

    private Receipt orThrow(Quiescence answer) {
        return switch (answer) {
            case Quiesced(Receipt receipt) -> receipt;
            case StillOwned owned -> throw new EngineLostException(owned, lostCause());
        };
    }

    @Override
    public void drain() {
        CallbackContext.refuse("drain()");
        orThrow(drainUntil(Deadline.NONE));
    }

    @Override
    public Quiescence drain(Duration timeout) {
        CallbackContext.refuse("drain()");
        return drainUntil(Deadline.after(scheduler, timeout));
    }

    private Quiescence drainUntil(long deadlineNanos) {
        engine.callbackThreads().startIfStranded();
        long upTo;
        synchronized (lock) {
            upTo = ring.issuedAcquire();
        }
        waiters.await(() -> isDrained(upTo) || lostReason != null, deadlineNanos);
        synchronized (lock) {
            return isDrained(upTo)
                    ? new Quiesced(receiptOf(List.of()))
                    : stillOwnedLocked(List.of(), "not all that was issued is over");
        }
    }

    private boolean isDrained(long upTo) {
        abortWithdrawn();
        return ring.settled() >= upTo;
    }

    // ---- Lost engines (C12)

    void loseEngine(String reason, @Nullable Throwable cause) {
        loseEngine(reason, cause, false);
    }

    private void loseEngine(
            String reason, @Nullable Throwable cause, boolean onlyIfItOwnsSomething) {
        String told = "engine '" + engine.name() + "' is lost on channel '" + name + "': " + reason;
        int todo;
        submitLock.lock();
        try {
            synchronized (lock) {
                boolean idle = onEngine() == 0 && onlyIfItOwnsSomething;
                if (lostReason != null || life == Life.CLOSED || idle) {
                    return;
                }
                lostReason = told;
                lostCause = cause;
                if (!onlyIfItOwnsSomething) {
                    control.forget();
                }
                // Else it was a deadline that gave up, not the engine: that is still told to stop,
                // or it would keep for ever what it could prove later (C12).
                abortNotStarted();
                quarantineStarted(told);
                ring.retire();
                waiters.wake();
                todo = takeActions();
            }
        } finally {
            submitLock.unlock();
        }
        engine.report(new Fault(Fault.Kind.ENGINE_LOST, name, told, Optional.ofNullable(cause)));
        perform(todo);
    }

    private void abortNotStarted() {
        abortWithdrawn();
        for (long cookie = ring.toStart(); cookie < ring.tailAcquire(); cookie++) {
            publish(ring.at(cookie), Outcome.ABORTED, 0, null);
        }
        ring.skipToTail();
    }

    private void quarantineStarted(String reason) {
        EngineLostException exception = lostException();
        for (long cookie = ring.oldest(); cookie < ring.tailAcquire(); cookie++) {
            TransferNode node = ring.at(cookie);
            if (node.state == State.STARTED) {
                Quarantine.enter(node, engine.name(), reason);
                Transfer transfer = node.transfer;
                if (transfer != null && transfer.publishLost(exception)) {
                    futuresToComplete.add(transfer);
                    actions |= DO_FUTURES;
                }
            }
        }
    }

    private EngineLostException lostException() {
        synchronized (lock) {
            StillOwned everything = stillOwnedLocked(List.of(), "");
            StillOwned evidence =
                    new StillOwned(
                            closed.receipt(name, closed.snapshot()),
                            everything.transfers(),
                            everything.callback(),
                            everything.reason());
            return new EngineLostException(evidence, lostCause);
        }
    }

    private @Nullable Throwable lostCause() {
        synchronized (lock) {
            return lostCause;
        }
    }

    // ---- Evidence

    StillOwned stillOwned(long cookie, String reason) {
        synchronized (lock) {
            abortWithdrawn();
            List<OwnedTransfer> transfers =
                    hasEnded(cookie) ? List.of() : List.of(ring.at(cookie).owned());
            return new StillOwned(
                    receiptOf(List.of()),
                    transfers,
                    Optional.empty(),
                    lostReason != null ? lostReason : reason);
        }
    }

    Receipt receiptOf(List<Generation> targets) {
        synchronized (lock) {
            abortWithdrawn();
            return closed.receipt(name, targets);
        }
    }

    private StillOwned stillOwnedLocked(List<Generation> targets, String reason) {
        abortWithdrawn();
        List<OwnedTransfer> transfers = new ArrayList<>();
        for (long cookie = ring.settled(); cookie < ring.tailAcquire(); cookie++) {
            if (ring.hasEnded(cookie)) {
                continue;
            }
            TransferNode node = ring.at(cookie);
            if (targets.isEmpty() || targets.contains(node.generation())) {
                transfers.add(node.owned());
            }
        }
        return new StillOwned(
                receiptOf(targets),
                transfers,
                callbacks.running(name),
                lostReason != null ? lostReason : reason);
    }

    // ---- For arenas (C16)

    /** Both locks: a submit that saw the memory open is seen here, or sees it closing. */
    void collectUsersOf(MemoryOwner owner, List<OwnedTransfer> users) {
        submitLock.lock();
        try {
            synchronized (lock) {
                abortWithdrawn();
                for (long cookie = ring.settled(); cookie < ring.tailAcquire(); cookie++) {
                    if (isUsing(cookie, owner)) {
                        users.add(ring.at(cookie).owned());
                    }
                }
            }
        } finally {
            submitLock.unlock();
        }
    }

    private boolean isUsing(MemoryOwner owner) {
        abortWithdrawn();
        for (long cookie = ring.settled(); cookie < ring.tailAcquire(); cookie++) {
            if (isUsing(cookie, owner)) {
                return true;
            }
        }
        return false;
    }

    private boolean isUsing(long cookie, MemoryOwner owner) {
        return !ring.hasEnded(cookie) && ring.at(cookie).uses(owner);
    }

    /** Higher for younger channels of the process. */
    long serial() {
        return serial;
    }

    long deadlineAfter(Duration timeout) {
        return Deadline.after(scheduler, timeout);
    }

    void awaitUnused(MemoryOwner owner, long deadlineNanos) {
        waiters.await(() -> lostReason != null || !isUsing(owner), deadlineNanos);
    }

    // ---- Close (C14)

    @Override
    public void close() {
        orThrow(closeUntil(Deadline.NONE));
    }

    @Override
    public Quiescence close(Duration timeout) {
        Quiescence answer = closeUntil(Deadline.after(scheduler, timeout));
        if (answer instanceof StillOwned owned && !owned.transfers().isEmpty()) {
            loseEngine("close() gave up at its deadline", null, true);
        }
        return answer;
    }

    private Quiescence closeUntil(long deadlineNanos) {
        int todo;
        submitLock.lock();
        try {
            synchronized (lock) {
                if (life == Life.CLOSED) {
                    return new Quiesced(receiptOf(List.of()));
                }
                if (CallbackContext.isInside() && !isIdle()) {
                    throw new CallbackContextException("close()");
                }
                if (life == Life.OPEN) {
                    life = Life.CLOSING;
                }
                closeGeneration();
                todo = takeActions();
            }
        } finally {
            submitLock.unlock();
        }
        perform(todo);
        Quiescence answer = quiesce(deadlineNanos);
        if (answer instanceof StillOwned) {
            return answer;
        }
        return awaitRelease(deadlineNanos) ? answer : notIdle();
    }

    /** Waits until the channel is idle, and releases it; or until another closer has done so. */
    private boolean awaitRelease(long deadlineNanos) {
        while (waiters.await(() -> life == Life.CLOSED || mayRelease(), deadlineNanos)) {
            synchronized (lock) {
                if (life == Life.CLOSED) {
                    return true;
                }
                if (!mayRelease()) {
                    // Another closer was faster: wait for it.
                    continue;
                }
                life = Life.RELEASING;
            }
            release();
            return true;
        }
        return false;
    }

    private boolean mayRelease() {
        return life == Life.CLOSING && isIdle();
    }

    private StillOwned notIdle() {
        synchronized (lock) {
            return stillOwnedLocked(List.of(), "the channel is not idle yet");
        }
    }

    /** Nothing on the engine, no callback claimed, nobody talking to the engine. */
    private boolean isIdle() {
        return onEngine() == 0 && !callbacks.isClaimed() && !control.isBusy() && !ring.hasToStart();
    }

    private void release() {
        ChannelRegistry.remove(this);
        tellEngine("close", backend::close);
        engine.released(this, index);
        synchronized (lock) {
            life = Life.CLOSED;
            waiters.wake();
        }
    }

    @Override
    public String toString() {
        return "DmaChannel[" + name + "]";
    }
}
