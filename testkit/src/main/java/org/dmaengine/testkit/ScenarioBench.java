package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineDescription;
import org.dmaengine.Fault;
import org.dmaengine.Flag;
import org.dmaengine.OperationKind;
import org.dmaengine.PeriodCallback;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Termination;
import org.dmaengine.Transfer;
import org.dmaengine.TransferCallback;
import org.dmaengine.TransferResult;
import org.dmaengine.engine.sim.Choices;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimDevice;
import org.dmaengine.engine.sim.SimEngine;
import org.dmaengine.engine.sim.SimModel;
import org.dmaengine.engine.sim.SimObserver;
import org.dmaengine.engine.sim.Simulation;
import org.dmaengine.engine.sim.StopModel;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What one round of a scenario works with: an engine, memory, parties, and one clock. On the
 * simulated controller the clock is virtual, and the model of the hardware and its faults are what
 * the scenario says; on other engines time is real. A scenario is written once for both: whoever
 * waits, waits on this bench.
 *
 * <p>Its close ends everything, and fails if a fault was reported that the scenario did not expect,
 * if memory was written after it was free, or if anything is kept.
 */
public final class ScenarioBench implements AutoCloseable {
    /** The length of a copy, where nothing else is said. */
    static final long COPY_BYTES = 4096;

    private static final long LOOK_MIN_NANOS = 1_000;
    private static final long LOOK_MAX_NANOS = 100_000;
    private static final Duration REAL_WHILE = Duration.ofMillis(5);
    private static final Duration VIRTUAL_WHILE = Duration.ofMillis(1);
    private static final long STEPS_MAX = 50_000_000;
    private static final long BURST_BYTES = 512;
    private static final int CHANNELS = 64;

    // Those that stop sooner or later, and without complaint.
    private static final List<StopModel> STOPS =
            List.of(
                    StopModel.AT_ONCE,
                    StopModel.AT_BURST,
                    StopModel.AT_DESCRIPTOR_END,
                    StopModel.ACKNOWLEDGED,
                    StopModel.DRAIN_ONLY);

    private final ScenarioSubject subject;
    private final Choices choices;
    private final @Nullable Simulation simulation;
    private final Scheduler scheduler;
    private final LateWriteDetector lateWrites = new LateWriteDetector();
    private final DmaArena arena = DmaArena.open();
    private final Copies copies = new Copies();
    private final List<GuardedBuffer> buffers = new ArrayList<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final List<Party<?>> parties = new CopyOnWriteArrayList<>();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final Set<Fault.Kind> expected = EnumSet.noneOf(Fault.Kind.class);

    private SimModel model;
    private FaultPlan plan = FaultPlan.none();
    private SimObserver observer = SimObserver.NONE;
    private UnaryOperator<EngineProvider> layer = UnaryOperator.identity();
    private boolean layered;
    private boolean passed;
    private @Nullable SimEngine controller;
    private @Nullable DmaEngine engine;
    private volatile Consumer<Fault> faultListener = fault -> {};

    ScenarioBench(ScenarioSubject subject, long seed) {
        this.subject = subject;
        this.choices = Choices.of(seed);
        this.simulation = subject.provider().isPresent() ? null : new Simulation(Choices.of(~seed));
        this.scheduler = simulation == null ? Scheduler.system() : simulation;
        this.model = drawn(seed);
        if (simulation != null) {
            simulation.stepsMax(STEPS_MAX);
        }
    }

    /** Some honest controller, another one for each seed. */
    private SimModel drawn(long seed) {
        return SimModel.defaults()
                .withSeed(seed)
                .withChannels(CHANNELS, CHANNELS)
                .withPull(1 << choices.below(4))
                .withLatency(choices.below(3_000), choices.below(3_000))
                .withBandwidth(1 + choices.below(2_000), BURST_BYTES)
                .withPause(choices.oneIn(2) ? 0 : choices.below(5_000))
                .withStop(choices.of(STOPS), choices.below(10_000))
                .withOrder(choices.oneIn(2));
    }

    // ---- The engine

    boolean isSimulated() {
        return simulation != null;
    }

    /** The scenario is played for its own sake, and not to see whether it finds a planted fault. */
    boolean isInTable() {
        return !subject.column().isEmpty();
    }

    /** What the seed decides beside the order of the threads. */
    Choices choices() {
        return choices;
    }

    /** How the simulated controller behaves; other engines are as they are. */
    void model(UnaryOperator<SimModel> change) {
        requireUnopened();
        model = change.apply(model);
    }

    /** Where the controller, told to stop, does so without anybody's help. */
    void modelThatStops() {
        model(any -> any.withStop(StopModel.AT_BURST, 0));
    }

    /** What goes wrong with the simulated controller. */
    void faults(FaultPlan newPlan) {
        requireUnopened();
        plan = newPlan;
    }

    /** Who looks at the simulated controller. */
    void observe(SimObserver newObserver) {
        requireUnopened();
        observer = newObserver;
    }

    /** Plays hardware that misbehaves between the core and any engine. */
    void layer(UnaryOperator<EngineProvider> newLayer) {
        requireUnopened();
        layer = newLayer;
        layered = true;
    }

    boolean isLayered() {
        return layered;
    }

    private void requireUnopened() {
        if (engine != null) {
            throw new IllegalStateException("the engine is open already");
        }
    }

    /** The engine, opened on the first call. */
    DmaEngine engine() {
        DmaEngine opened = engine;
        if (opened == null) {
            EngineProvider whole = layer.apply(subject.layer().apply(provider()));
            opened =
                    DmaEngines.open(
                            whole,
                            subject.options().withScheduler(scheduler).withFaults(this::heard));
            engine = opened;
        }
        return opened;
    }

    /** The engine under test, not opened, for a scenario that opens it itself. */
    EngineProvider provider() {
        return subject.provider()
                .orElseGet(() -> {
                    SimEngine fresh = new SimEngine(model, plan, observer);
                    controller = fresh;
                    return fresh;
                });
    }

    /** Whatever hangs in the simulated controller ends now. */
    void heal() {
        SimEngine opened = controller;
        if (opened != null) {
            opened.heal();
        }
    }

    EngineDescription description() {
        return engine().description();
    }

    boolean can(Capability capability) {
        return description().capabilities().contains(capability);
    }

    /** Skips the scenario if the engine does not declare all of these. */
    void assumeCan(Capability... needed) {
        for (Capability each : needed) {
            assumeTrue(can(each), () -> "the engine declares no " + each);
        }
    }

    @Nullable Termination row(OperationKind kind) {
        return description().termination().get(kind);
    }

    /** What the honesty table says. */
    Termination declared(OperationKind kind) {
        Termination row = row(kind);
        if (row == null) {
            throw new IllegalStateException("the honesty table has no row " + kind);
        }
        return row;
    }

    /** A channel that can do all that the engine can, and these at least. */
    DmaChannel channel(Capability... needed) {
        assumeCan(needed);
        return engine().requestChannel(request());
    }

    /** Skips the scenario if the engine does nothing that {@link #prepCopy} could prepare. */
    void assumeCopies() {
        Copies.kindOn(description());
    }

    /** A channel for {@link #prepCopy}, like {@link #channel}. */
    DmaChannel copyChannel(Capability... needed) {
        assumeCopies();
        return channel(needed);
    }

    /** A channel with so many places. */
    DmaChannel channel(int depthMax) {
        assumeCopies();
        return engine().requestChannel(request().withDepth(depthMax));
    }

    /** A channel whose callbacks wait until the scenario runs them. */
    DmaChannel channel(HeldExecutor dispatcher) {
        assumeCopies();
        return engine().requestChannel(request().withCallbackExecutor(dispatcher));
    }

    /** A channel for reads from a feed. */
    DmaChannel streamChannel(int depthMax) {
        assumeCan(Capability.PERIPHERAL);
        assumeTrue(row(OperationKind.STREAM) != null, "the engine reads no streams");
        return engine().requestChannel(request().withDepth(depthMax));
    }

    ChannelRequest request() {
        EnumSet<Capability> all = EnumSet.copyOf(description().capabilities());
        all.remove(Capability.COMPLETION_NO_ORDER);
        return ChannelRequest.of(all.toArray(Capability[]::new));
    }

    // ---- Memory

    DmaArena arena() {
        return arena;
    }

    /** A source filled with {@link DmaPattern}. */
    MemorySegment source(long lengthBytes) {
        MemorySegment segment = arena.allocate(lengthBytes, 64);
        DmaPattern.fillSource(segment, 0, lengthBytes);
        return segment;
    }

    /** A target between guards, filled with {@link DmaPattern}. */
    MemorySegment target(long lengthBytes) {
        GuardedBuffer buffer = GuardedBuffer.allocate("target", arena, lengthBytes);
        buffers.add(buffer);
        DmaPattern.fillTarget(buffer.segment(), 0, lengthBytes);
        return buffer.segment();
    }

    /** This memory was reported free: from here on nobody may write it. */
    void freed(Object who, MemorySegment memory) {
        lateWrites.freed(who.toString(), memory);
    }

    /** Looks whether what was reported free was written. */
    void requireUntouched() {
        lateWrites.check();
    }

    /** What was reported free is about to be freed. */
    void forget() {
        lateWrites.forget();
    }

    /** True if the arena could be closed; false if it was refused because of transfers. */
    static boolean tryClose(Arena arena) {
        try {
            arena.close();
            return true;
        } catch (BuffersInFlightException refused) {
            return false;
        }
    }

    /** Tries again and again to free the memory; it must not be before the transfer has ended. */
    void closeWhenFree(DmaArena memory, Transfer transfer) {
        await(
                "the memory of " + transfer + " to be free",
                () -> {
                    boolean freed = tryClose(memory);
                    if (freed && transfer.result().isEmpty()) {
                        throw new AssertionError("freed though " + transfer + " has no outcome");
                    }
                    return freed;
                });
    }

    // ---- Transfers

    /** A copy: its memory, and its run. */
    record Copy(MemorySegment source, MemorySegment target, Transfer transfer) {
        long cookie() {
            return transfer.cookie();
        }

        TransferResult result() {
            return transfer.result().orElseThrow(() -> new AssertionError(transfer.toString()));
        }

        /** The bytes that it says it moved are there, and no others. */
        void check() {
            DmaPattern.checkCopied(transfer.toString(), target, result().bytes());
        }
    }

    /**
     * Prepares a transfer of the whole source to the start of the target: a copy from memory, or
     * where the engine has none, a read from a file that holds what the source holds now.
     */
    Descriptor prepCopy(
            DmaChannel channel, MemorySegment target, MemorySegment source, Flag... flags) {
        return copies.prep(channel, target, source, flags);
    }

    /** Fills a source anew, for descriptors of {@link #prepCopy} that are to run again. */
    void refill(MemorySegment source, byte value) {
        source.fill(value);
        copies.renew(source);
    }

    /** Submits a copy, and does not issue it. */
    Copy submit(DmaChannel channel, long lengthBytes, TransferCallback callback, Flag... flags) {
        MemorySegment source = source(lengthBytes);
        MemorySegment target = target(lengthBytes);
        Descriptor descriptor = prepCopy(channel, target, source, flags);
        if (flags.length == 0 || Arrays.asList(flags).contains(Flag.INTERRUPT)) {
            descriptor.onComplete(callback);
        }
        return new Copy(source, target, channel.submit(descriptor));
    }

    /** Submits and issues a copy. */
    Copy copy(DmaChannel channel, TransferCallback callback) {
        return copy(channel, COPY_BYTES, callback);
    }

    /** Submits and issues a copy. */
    Copy copy(DmaChannel channel) {
        return copy(channel, result -> {});
    }

    /** Submits and issues a copy. */
    Copy copy(DmaChannel channel, long lengthBytes, TransferCallback callback) {
        Copy copy = submit(channel, lengthBytes, callback);
        channel.issuePending();
        return copy;
    }

    /** Copies, and requires that it all arrives: the channel works. */
    void requireWorking(DmaChannel channel) {
        Copy copy = copy(channel);
        if (!outcome(copy.transfer()).isWhole()) {
            throw new AssertionError(copy.transfer() + " ended with " + copy.result());
        }
        copy.check();
        // Its place is free when its callback has returned.
        runWithin("drain()", channel::drain);
    }

    /** The outcome, which must come before the deadline. */
    TransferResult outcome(Transfer transfer) {
        await("the outcome of " + transfer, () -> transfer.result().isPresent());
        return transfer.result().orElseThrow();
    }

    /** Submits and issues a cyclic read. */
    Transfer cyclic(
            DmaChannel channel,
            ByteFeed feed,
            UnaryOperator<PeripheralConfig> how,
            MemorySegment ring,
            long periodBytes,
            PeriodCallback onPeriod) {
        PeripheralConfig config = how.apply(PeripheralConfig.read(feed.peripheral()));
        Transfer transfer = channel.submit(channel.prepCyclic(config, ring, periodBytes, onPeriod));
        channel.issuePending();
        return transfer;
    }

    /** A channel for cyclic reads from a feed. */
    DmaChannel cyclicChannel(HeldExecutor dispatcher) {
        assumeCyclicStreams();
        return engine().requestChannel(request().withCallbackExecutor(dispatcher));
    }

    /** A channel for cyclic reads from a feed. */
    DmaChannel cyclicChannel() {
        assumeCyclicStreams();
        return channel();
    }

    private void assumeCyclicStreams() {
        assumeCan(Capability.CYCLIC, Capability.PERIPHERAL);
        assumeTrue(row(OperationKind.STREAM) != null, "the engine reads no streams");
    }

    /** Bytes for a read, held back until the scenario supplies them. */
    ByteFeed feed() {
        return closing(
                isSimulated() ? new ByteFeed.Device(new SimDevice()) : new ByteFeed.Socket());
    }

    // ---- Parties, time

    Scheduler scheduler() {
        return scheduler;
    }

    /** Somebody else does this. */
    <T> Party<T> start(String what, Callable<T> body) {
        Party<T> party = new Party<>(this, what, body);
        parties.add(party);
        return party;
    }

    /** Somebody else does this. */
    Party<Boolean> run(String what, Runnable body) {
        return start(
                what,
                () -> {
                    body.run();
                    return true;
                });
    }

    /** Does what might hang; it must have returned before the deadline. */
    <T> T within(String what, Callable<T> body) {
        return start(what, body).result();
    }

    /** Does what might hang; it must have returned before the deadline. */
    void runWithin(String what, Runnable body) {
        run(what, body).result();
    }

    Gate gate() {
        return closing(new Gate(this));
    }

    /** Interrupts a party, wherever it waits. */
    void interrupt(Party<?> party) {
        if (simulation != null) {
            simulation.interrupt(party.thread());
        } else {
            party.thread().interrupt();
        }
    }

    /** Waits until it is so, or fails at the deadline. */
    void await(String what, BooleanSupplier condition) {
        if (!becomes(condition)) {
            throw new AssertionError("not within " + subject.deadline() + ": " + what);
        }
    }

    /** Waits until it is so; false if it is not by the deadline. */
    boolean becomes(BooleanSupplier condition) {
        long end = scheduler.nanoTime() + subject.deadline().toNanos();
        long look = LOOK_MIN_NANOS;
        while (!condition.getAsBoolean()) {
            if (end - scheduler.nanoTime() <= 0) {
                return condition.getAsBoolean();
            }
            scheduler.park(look);
            look = Math.min(2 * look, LOOK_MAX_NANOS);
        }
        return true;
    }

    /** A while that is long for an engine: time enough for what must not happen. */
    void aWhile() {
        pass(whileLong());
    }

    /** The same, as a timeout. */
    Duration whileLong() {
        return isSimulated() ? VIRTUAL_WHILE : REAL_WHILE;
    }

    /** Lets so much time go by. */
    void pass(Duration time) {
        long end = scheduler.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - scheduler.nanoTime()) {
            scheduler.park(left);
        }
    }

    /** Between two looks of somebody who polls: others may go on. */
    void look() {
        if (isSimulated()) {
            scheduler.park(choices.below(500));
        } else {
            Thread.onSpinWait();
        }
    }

    /** A short while, another one each time. */
    void passSome(int nanosMax) {
        long end = scheduler.nanoTime() + choices.below(nanosMax);
        while (end - scheduler.nanoTime() > 0) {
            if (isSimulated()) {
                scheduler.park(end - scheduler.nanoTime());
            } else {
                Thread.onSpinWait();
            }
        }
    }

    // ---- Faults, the end

    private void heard(Fault fault) {
        faults.add(fault);
        faultListener.accept(fault);
    }

    void onFault(Consumer<Fault> listener) {
        faultListener = listener;
    }

    /** How many faults of this kind were reported. */
    long count(Fault.Kind kind) {
        return faults.stream().filter(fault -> fault.kind() == kind).count();
    }

    /** The scenario provokes these. */
    void expect(Fault.Kind... kinds) {
        expected.addAll(List.of(kinds));
    }

    /** Closed at the end, before the engine, in reverse order. */
    <T extends AutoCloseable> T closing(T closeable) {
        toClose.add(closeable);
        return closeable;
    }

    /** The scenario has come to its end; what is left to see is what it leaves behind. */
    void passed() {
        passed = true;
    }

    @Override
    public void close() {
        Simulation virtual = simulation;
        if (virtual == null) {
            closeAll();
            return;
        }
        try {
            closeAll();
        } finally {
            virtual.close();
        }
    }

    private void closeAll() {
        List<Throwable> problems = new ArrayList<>();
        for (AutoCloseable each : toClose.reversed()) {
            attempt(problems, each::close);
        }
        DmaEngine opened = engine;
        if (opened != null) {
            attempt(problems, () -> runWithin("closing the engine", opened::close));
            attempt(problems, () -> requireNothingKept(opened));
        }
        parties.forEach(each -> attempt(problems, each::awaitEnd));
        attempt(problems, copies::close);
        attempt(problems, lateWrites::check);
        buffers.forEach(each -> attempt(problems, each::check));
        if (problems.isEmpty()) {
            attempt(problems, arena::close);
        }
        attempt(problems, this::requireNoFaults);
        if (!problems.isEmpty()) {
            AssertionError all =
                    new AssertionError(
                            (passed ? "after the scenario: " : "while cleaning up: ")
                                    + problems.getFirst());
            problems.forEach(all::addSuppressed);
            throw all;
        }
    }

    private static void requireNothingKept(DmaEngine opened) {
        if (!opened.quarantine().isEmpty()) {
            throw new AssertionError("left in quarantine: " + opened.quarantine());
        }
    }

    private void requireNoFaults() {
        for (Fault fault : faults) {
            if (!expected.contains(fault.kind())) {
                AssertionError error =
                        new AssertionError("fault " + fault.kind() + ": " + fault.message());
                fault.cause().ifPresent(error::initCause);
                throw error;
            }
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void attempt(List<Throwable> problems, Step step) {
        try {
            step.run();
        } catch (Exception | AssertionError problem) {
            problems.add(problem);
        }
    }
}
