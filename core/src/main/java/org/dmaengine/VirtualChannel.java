package org.dmaengine;

import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Set;

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
 * code or enters the engine. What has to happen without it is noted in {@link BottomHalf} and done
 * after leaving. The engine's abort, pause and resume go through {@link EngineControl}.
 *
 * <h2>The parts</h2>
 *
 * <pre>
 *   clients    {@link Submission}, {@link ChannelStatus}, {@link Pausing}, {@link Closing}
 *              {@link Terminating}, {@link Quiescing}
 *   engine     {@link EngineSide}, {@link EngineLoss}
 *   callbacks  {@link CallbackClaims}, {@link CallbackRunner}
 *   account    {@link TransferRing}, {@link Endings}, {@link InFlight}
 *   afterwards {@link BottomHalf}, {@link EngineControl}, {@link ChannelFaults}
 * </pre>
 *
 * Each holds the fields that are its own; what several need is here.
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
    // So many may have to be ended by one look for work, after a termination.
    private static final int BRIEF_DEPTH_MAX = 4096;

    final OpenedEngine engine;
    final int index;
    final SubmitLock submitLock = new SubmitLock();
    final Object lock = new Object();
    final Waiters waiters;
    final TransferRing ring;
    final BottomHalf bottomHalf;

    final Submission submission;
    final ChannelStatus status;
    final Pausing pausing;
    final Terminating terminating;
    final Quiescing quiescing;
    final Closing closing;
    final EngineSide engineSide;
    final EngineLoss loss;
    final CallbackClaims claims;
    final CallbackRunner runner;
    final Endings endings;
    final InFlight inFlight;
    final ChannelFaults faults;
    final Preparation preparation;
    final ChannelBackend backend;
    final EngineControl control;

    private final String name;
    private final Set<Capability> capabilities;
    private final Scheduler scheduler;
    private final long serial = ChannelRegistry.nextSerial();

    // Volatile: replaced under both locks by a termination, read by prep without them.
    volatile Generation generation = new Generation();
    // Guarded by the lock.
    final ClosedGenerations closed = new ClosedGenerations();

    // Guarded by the lock: transfers on the engine of closed generations (the open one counts its
    // own), and the fence that holds up those behind it.
    int onEngineOfOlder;
    long fenceCookie;

    // Volatile: set by configure, read by prep; a value that never changes inside.
    private volatile @Nullable PeripheralConfig config;

    VirtualChannel(OpenedEngine engine, int index, ChannelRequest request) {
        this.engine = engine;
        this.index = index;
        this.name = request.name().orElseGet(() -> engine.nextChannelName());
        this.capabilities = request.capabilities();
        this.scheduler = engine.scheduler();
        this.waiters = new Waiters(lock, scheduler);
        this.ring = new TransferRing(this, request.depthMax());
        this.bottomHalf = new BottomHalf(this);
        this.submission = new Submission(this);
        this.status = new ChannelStatus(this);
        this.pausing = new Pausing(this);
        this.terminating = new Terminating(this);
        this.quiescing = new Quiescing(this);
        this.closing = new Closing(this);
        this.loss = new EngineLoss(this);
        this.claims = new CallbackClaims(this);
        this.runner =
                new CallbackRunner(
                        this,
                        request.callbackExecutor().orElse(engine.callbackThreads()),
                        engine.callbackThreads());
        this.endings = new Endings(this);
        this.inFlight = new InFlight(this);
        this.faults = new ChannelFaults(this);
        boolean mayTakeLong =
                request.callbackExecutor().isPresent() || request.depthMax() > BRIEF_DEPTH_MAX;
        this.engineSide = new EngineSide(this, mayTakeLong);
        this.control = new EngineControl(this);
        // From here on the engine may report that it is lost, also before it has answered.
        this.backend = engine.openBackendChannel(index, engineSide);
        this.preparation = new Preparation(name, engine.description(), capabilities, backend);
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

    /** Higher for younger channels of the process. */
    long serial() {
        return serial;
    }

    // ---- What stands between the parts

    /** Throws if it is closed, or its engine is lost. Any thread may call. */
    void requireUsable() {
        if (!closing.isOpen()) {
            throw new ChannelClosedException("channel '" + name + "' is closed; request a new one");
        }
        if (loss.isLost()) {
            throw loss.exception();
        }
    }

    /** Under the lock. */
    int onEngine() {
        return onEngineOfOlder + generation.onEngine;
    }

    /** Under the lock: whether nothing may be handed to the engine now. */
    boolean isHeldUp() {
        return pausing.isHeld()
                || control.isAborting()
                || fenceCookie != 0
                || onEngineOfOlder > 0
                || loss.isLost();
    }

    /** Without the lock. */
    void startEngine() {
        try {
            backend.start();
        } catch (Throwable broken) {
            // Nobody knows what it had taken and begun.
            loss.lose("its start threw " + broken, broken);
        }
    }

    long deadlineAfter(Duration timeout) {
        return Deadline.after(scheduler, timeout);
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

    // ---- Step 4: submit (C1)

    @Override
    public Transfer submit(Descriptor descriptor) {
        Transfer transfer = new Transfer(this, scheduler);
        if (submission.submit(descriptor, transfer) == 0) {
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
        return submission.submit(descriptor, null);
    }

    @Override
    public long tryMemcpy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes,
            CookieCallback callback) {
        return submission.memcpy(target, targetOffset, source, sourceOffset, lengthBytes, callback);
    }

    @Override
    public long tryMemcpy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes) {
        return submission.memcpy(target, targetOffset, source, sourceOffset, lengthBytes, null);
    }

    @Override
    public long tryPeripheral(PeripheralConfig given, long offsetBytes, MemorySegment segment) {
        return submission.access(given, offsetBytes, segment, null);
    }

    @Override
    public long tryPeripheral(
            PeripheralConfig given,
            long offsetBytes,
            MemorySegment segment,
            CookieCallback callback) {
        return submission.access(given, offsetBytes, segment, callback);
    }

    // ---- Step 5: issue, ask

    @Override
    public void issuePending() {
        if (submission.issue()) {
            startEngine();
        }
    }

    @Override
    public TransferState state(long cookie) {
        return status.state(cookie);
    }

    @Override
    public TransferStatus status(long cookie) {
        return status.status(cookie);
    }

    @Override
    public void acknowledge(long cookie) {
        status.acknowledge(cookie);
    }

    // ---- Pause, terminate, synchronize, drain, close

    @Override
    public void pause() {
        pausing.pause();
    }

    @Override
    public void resume() {
        pausing.resume();
    }

    @Override
    public void terminateAsync() {
        Generation _ = terminating.terminate();
    }

    @Override
    @Deprecated
    @SuppressWarnings(
            "InlineMeSuggester") // Its users are to choose between two replacements (C18).
    public void terminateAll() {
        terminateAsync();
    }

    @Override
    public Receipt synchronize() {
        CallbackContext.refuse("synchronize()");
        return quiescing.orThrow(quiescing.quiesce(null, Deadline.NONE));
    }

    @Override
    public Quiescence synchronize(Duration timeout) {
        CallbackContext.refuse("synchronize()");
        return quiescing.quiesce(null, deadlineAfter(timeout));
    }

    @Override
    public Receipt terminateSync() {
        CallbackContext.refuse("terminateSync()");
        return quiescing.orThrow(quiescing.quiesce(terminating.terminate(), Deadline.NONE));
    }

    @Override
    public Quiescence terminateSync(Duration timeout) {
        CallbackContext.refuse("terminateSync()");
        long deadline = deadlineAfter(timeout);
        return quiescing.quiesce(terminating.terminate(), deadline);
    }

    @Override
    public void drain() {
        CallbackContext.refuse("drain()");
        quiescing.orThrow(quiescing.drain(Deadline.NONE));
    }

    @Override
    public Quiescence drain(Duration timeout) {
        CallbackContext.refuse("drain()");
        return quiescing.drain(deadlineAfter(timeout));
    }

    @Override
    public void close() {
        quiescing.orThrow(closing.close(Deadline.NONE));
    }

    @Override
    public Quiescence close(Duration timeout) {
        return closing.closeOrLose(deadlineAfter(timeout));
    }

    @Override
    public String toString() {
        return "DmaChannel[" + name + "]";
    }
}
