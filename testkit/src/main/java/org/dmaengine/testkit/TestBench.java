package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineDescription;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.Flag;
import org.dmaengine.OperationKind;
import org.dmaengine.Termination;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What one test works with: a fresh engine, memory, threads, and a listener for faults. Its close
 * ends it all under a deadline, and fails if the engine broke its contract meanwhile: if it
 * reported twice, wrote where it should not, does not stop, or keeps memory.
 */
public final class TestBench implements AutoCloseable {
    // What nobody expects, whatever the test does.
    private static final Set<Fault.Kind> NEVER_EXPECTED =
            EnumSet.of(Fault.Kind.ENGINE_CONTRACT, Fault.Kind.ENGINE_THREW, Fault.Kind.ENGINE_LOST);

    private final ContractSubject subject;
    private final BoundedWaits waits;
    private final LateWriteDetector lateWrites = new LateWriteDetector();
    private final DmaArena arena = DmaArena.open();
    private final Copies copies = new Copies();
    private final List<GuardedBuffer> buffers = new ArrayList<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final Set<Fault.Kind> expected = EnumSet.complementOf(EnumSet.copyOf(NEVER_EXPECTED));
    private boolean slow;
    private @Nullable DmaEngine engine;

    /** For one test. */
    public TestBench(ContractSubject subject) {
        this.subject = subject;
        this.waits = new BoundedWaits(subject.deadline());
    }

    // ---- The engine

    /** The engine under test, opened on the first call. */
    public DmaEngine engine() {
        DmaEngine opened = engine;
        if (opened == null) {
            EngineOptions options = slow ? subject.slowOptions() : subject.options();
            opened =
                    waits.within(
                            "opening the engine",
                            () ->
                                    DmaEngines.open(
                                            subject.provider(), options.withFaults(faults::add)));
            engine = opened;
        }
        return opened;
    }

    /** To be called first by tests that must catch a transfer half-way. */
    public void slow() {
        slow = true;
    }

    /** What is tested, and how. */
    public ContractSubject subject() {
        return subject;
    }

    /** What the engine declares. */
    public EngineDescription description() {
        return engine().description();
    }

    /** True if the engine declares all of these. */
    public boolean can(Capability... needed) {
        return description().capabilities().containsAll(List.of(needed));
    }

    /** Skips the test if the engine does not declare all of these. */
    public void assumeCan(Capability... needed) {
        for (Capability each : needed) {
            assumeTrue(can(each), () -> "the engine declares no " + each);
        }
    }

    /** Skips the test if one transfer may pass another of its channel. */
    public void assumeInOrder() {
        assumeFalse(can(Capability.COMPLETION_NO_ORDER), "the engine completes out of order");
    }

    /** The engine's row of the honesty table, if it has one. */
    public @Nullable Termination row(OperationKind kind) {
        return description().termination().get(kind);
    }

    /** Skips the test if the honesty table has no such row. */
    public Termination assumeRow(OperationKind kind) {
        Termination row = row(kind);
        assumeTrue(row != null, () -> "the honesty table has no row " + kind);
        if (row == null) {
            throw new AssertionError("assumed above");
        }
        return row;
    }

    /** A channel that can do all that the engine can; the test is skipped if that lacks these. */
    public DmaChannel channel(Capability... needed) {
        assumeCan(needed);
        return engine().requestChannel(request());
    }

    /** What {@link #channel} requests, to be made more specific. */
    public ChannelRequest request() {
        EnumSet<Capability> all = EnumSet.copyOf(description().capabilities());
        all.remove(Capability.COMPLETION_NO_ORDER);
        return ChannelRequest.of(all.toArray(Capability[]::new));
    }

    /** Skips the test if the engine has fewer channels. */
    public void assumeChannels(int count) {
        assumeTrue(
                description().channelsMax() >= count,
                () -> "the engine has only " + description().channelsMax() + " channels");
    }

    // ---- Memory

    /** The arena that is closed at the end. */
    public DmaArena arena() {
        return arena;
    }

    /** A source filled with {@link DmaPattern}, all of it to be copied. */
    public MemorySegment source(long lengthBytes) {
        MemorySegment segment = arena.allocate(lengthBytes, 4096);
        DmaPattern.fillSource(segment, 0, lengthBytes);
        return segment;
    }

    /** A target between guards, filled with {@link DmaPattern}, all of it to be overwritten. */
    public MemorySegment target(long lengthBytes) {
        GuardedBuffer buffer = GuardedBuffer.allocate("target", arena, lengthBytes);
        buffers.add(buffer);
        DmaPattern.fillTarget(buffer.segment(), 0, lengthBytes);
        return buffer.segment();
    }

    /** The length of a long copy, within what the engine can move at once. */
    public long longCopyBytes() {
        return Math.min(subject.longCopyBytes(), description().lengthMaxBytes());
    }

    /** Watches memory after it was reported free; looked at once more at the end. */
    public LateWriteDetector lateWrites() {
        return lateWrites;
    }

    // ---- Transfers

    /**
     * Prepares a transfer of the whole source to the start of the target, for tests to which it is
     * all the same how the bytes get there: a copy from memory, or where the engine has none, a
     * read from a file that holds what the source holds now.
     */
    public Descriptor prepCopy(
            DmaChannel channel, MemorySegment target, MemorySegment source, Flag... flags) {
        return copies.prep(channel, target, source, flags);
    }

    /** The row of the honesty table for {@link #prepCopy}; skips the test if there is none. */
    public OperationKind copyKind() {
        return Copies.kindOn(description());
    }

    /** Skips the test if the engine does nothing that {@link #prepCopy} could prepare. */
    public void assumeCopies() {
        copyKind();
    }

    /** A channel for {@link #prepCopy}, like {@link #channel}. */
    public DmaChannel copyChannel(Capability... needed) {
        assumeCopies();
        return channel(needed);
    }

    /** Submits and issues a copy of the whole source. */
    public Transfer copy(DmaChannel channel, MemorySegment target, MemorySegment source) {
        Transfer transfer = channel.submit(prepCopy(channel, target, source));
        channel.issuePending();
        return transfer;
    }

    /** The transfer's outcome, which must come before the deadline. */
    public TransferResult outcome(Transfer transfer) {
        waits.eventually("the outcome of " + transfer, () -> transfer.result().isPresent());
        return transfer.result().orElseThrow();
    }

    // ---- Waits, faults, closing

    /** Runs what may hang. */
    public BoundedWaits waits() {
        return waits;
    }

    /** The faults reported so far. */
    public List<Fault> faults() {
        return faults;
    }

    /** The test provokes these. */
    public void expect(Fault.Kind... kinds) {
        expected.addAll(List.of(kinds));
    }

    /** Closed at the end, before the engine, in reverse order. */
    public <T extends AutoCloseable> T closing(T closeable) {
        toClose.add(closeable);
        return closeable;
    }

    /** Ends everything; fails if the engine broke its contract during the test. */
    @Override
    public void close() {
        List<Throwable> problems = new ArrayList<>();
        for (AutoCloseable each : toClose.reversed()) {
            attempt(problems, each::close);
        }
        DmaEngine opened = engine;
        if (opened != null) {
            attempt(problems, () -> waits.runWithin("closing the engine", opened::close));
            attempt(problems, () -> requireNothingKept(opened));
        }
        attempt(problems, waits::join);
        attempt(problems, copies::close);
        attempt(problems, lateWrites::check);
        buffers.forEach(buffer -> attempt(problems, buffer::check));
        if (problems.isEmpty()) {
            attempt(problems, arena::close);
        }
        attempt(problems, this::requireNoFaults);
        if (!problems.isEmpty()) {
            AssertionError all =
                    new AssertionError("after the test: " + problems.getFirst().getMessage());
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
                throw new AssertionError(
                        "fault " + fault.kind() + ": " + fault.message(),
                        fault.cause().orElse(null));
            }
        }
    }

    private static void attempt(List<Throwable> problems, CheckedStep step) {
        try {
            step.run();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            problems.add(interrupted);
        } catch (Exception | AssertionError problem) {
            problems.add(problem);
        }
    }

    private interface CheckedStep {
        void run() throws Exception;
    }

    /** A while that is long for an engine, and short for a test. */
    static Duration shortWhile() {
        return Duration.ofMillis(20);
    }
}
