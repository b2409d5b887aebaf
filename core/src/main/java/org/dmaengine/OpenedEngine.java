package org.dmaengine;

import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** An engine that is open: its channels, its callback threads, and its backend. */
final class OpenedEngine implements DmaEngine {
    private static final AtomicLong CHANNELS_NAMED = new AtomicLong();

    private final EngineBackend backend;
    private final EngineDescription description;
    private final Scheduler scheduler;
    private final CallbackThreads callbackThreads;
    private final Consumer<Fault> faults;

    private final Object lock = new Object();
    private final Waiters waiters;
    // Guarded by lock: the channels taken, by index, and the open ones.
    private final BitSet taken = new BitSet();
    private final Set<VirtualChannel> open = new LinkedHashSet<>();
    // Threads that are inside a request.
    private final List<Thread> opening = new ArrayList<>();
    private boolean closing;
    // Who closes the backend, once all channels are closed; the others wait until it has.
    private @Nullable Thread closer;
    private boolean closed;

    // One sweep of the quarantine is asked for at a time, however many transfers end.
    private final AtomicBoolean sweepDue = new AtomicBoolean();

    private OpenedEngine(EngineBackend backend, EngineOptions options) {
        this.backend = backend;
        this.description = backend.description();
        this.scheduler = options.scheduler();
        this.faults = options.faults();
        this.waiters = new Waiters(lock, scheduler);
        this.callbackThreads =
                new CallbackThreads(
                        description.name(),
                        options.callbackThreadsMax(),
                        scheduler,
                        this::reportOutOfThreads);
    }

    static DmaEngine open(EngineProvider provider, EngineOptions options) {
        EngineBackend backend =
                provider.open(new EngineSettings(options.properties(), options.scheduler()));
        try {
            requireHonest(backend.description());
        } catch (EngineContractException refused) {
            backend.close();
            throw refused;
        }
        return new OpenedEngine(backend, options);
    }

    /**
     * An engine that does not say how each of its operations ends is refused at the door (P1, P6).
     */
    private static void requireHonest(EngineDescription description) {
        Map<OperationKind, Termination> rows = description.termination();
        if (rows.values().stream().anyMatch(row -> row.proof() == Proof.NEVER_STARTED)) {
            throw new EngineContractException(
                    "P6",
                    "engine '"
                            + description.name()
                            + "' gives NEVER_STARTED as a proof; that one is the core's");
        }
        for (Capability capability : description.capabilities()) {
            Set<OperationKind> needed = rowsFor(capability);
            if (!needed.isEmpty() && needed.stream().noneMatch(rows::containsKey)) {
                throw new EngineContractException(
                        "P6",
                        "engine '"
                                + description.name()
                                + "' declares "
                                + capability
                                + " and does not say how "
                                + needed
                                + " is terminated");
            }
        }
    }

    private static Set<OperationKind> rowsFor(Capability capability) {
        return switch (capability) {
            case MEMCPY -> EnumSet.of(OperationKind.MEMCPY);
            case MEMSET -> EnumSet.of(OperationKind.MEMSET);
            case INTERRUPT -> EnumSet.of(OperationKind.INTERRUPT);
            case PERIPHERAL ->
                    EnumSet.of(OperationKind.FILE, OperationKind.STREAM, OperationKind.BLOCKING);
            case CYCLIC -> EnumSet.of(OperationKind.CYCLIC);
            case INTERLEAVED -> EnumSet.of(OperationKind.INTERLEAVED);
            case COMMAND -> EnumSet.of(OperationKind.COMMAND);
            case PAUSE, COMPLETION_NO_ORDER -> EnumSet.noneOf(OperationKind.class);
        };
    }

    @Override
    public String name() {
        return description.name();
    }

    @Override
    public EngineDescription description() {
        return description;
    }

    @Override
    public DmaChannel requestChannel(Capability... wanted) {
        return requestChannel(ChannelRequest.of(wanted));
    }

    @Override
    public DmaChannel requestChannel(ChannelRequest request) {
        requireCapable(request.capabilities());
        synchronized (lock) {
            if (closing) {
                throw new ChannelClosedException(
                        "engine '" + name() + "' is closed; open it again");
            }
            opening.add(Thread.currentThread());
        }
        try {
            return openChannel(request);
        } finally {
            synchronized (lock) {
                opening.remove(Thread.currentThread());
                waiters.wake();
            }
        }
    }

    private DmaChannel openChannel(ChannelRequest request) {
        int index = takeIndex(request);
        VirtualChannel channel;
        try {
            channel = new VirtualChannel(this, index, request);
        } catch (Throwable failed) {
            giveBack(index);
            throw failed;
        }
        synchronized (lock) {
            open.add(channel);
        }
        return channel;
    }

    private void requireCapable(Set<Capability> wanted) {
        Set<Capability> missing = new LinkedHashSet<>(wanted);
        missing.removeAll(description.capabilities());
        if (!missing.isEmpty()) {
            throw new NoCapableChannelException(
                    "no channel of engine '"
                            + name()
                            + "' can do "
                            + missing
                            + "; it can do "
                            + description.capabilities());
        }
    }

    private int takeIndex(ChannelRequest request) {
        // The filter is user code: asked without the lock, about one free channel after the other.
        int max = description.channelsMax();
        boolean anyFree = false;
        for (int index = nextFree(0); index < max; index = nextFree(index + 1)) {
            anyFree = true;
            ChannelInfo info = new ChannelInfo(name(), index, description.capabilities());
            if (request.filter().test(info) && take(index)) {
                return index;
            }
        }
        if (anyFree && isAcceptedAnywhere(request)) {
            throw new ChannelBusyException(
                    "the channels of engine '" + name() + "' that the filter accepts are taken");
        }
        if (anyFree) {
            throw new NoCapableChannelException(
                    "the filter accepts none of the "
                            + max
                            + " channels of engine '"
                            + name()
                            + "'");
        }
        throw new ChannelBusyException(
                "all " + max + " channels of engine '" + name() + "' are taken; close one");
    }

    private boolean isAcceptedAnywhere(ChannelRequest request) {
        BitSet busy;
        synchronized (lock) {
            busy = (BitSet) taken.clone();
        }
        return busy.stream()
                .anyMatch(index ->
                        request.filter()
                                .test(new ChannelInfo(name(), index, description.capabilities())));
    }

    private int nextFree(int from) {
        synchronized (lock) {
            return taken.nextClearBit(from);
        }
    }

    private boolean take(int index) {
        synchronized (lock) {
            boolean free = !taken.get(index);
            taken.set(index);
            return free;
        }
    }

    private void giveBack(int index) {
        synchronized (lock) {
            taken.clear(index);
        }
    }

    @Override
    public List<DmaChannel> channels() {
        synchronized (lock) {
            return List.copyOf(open);
        }
    }

    @Override
    public DmaBuffer map(MemorySegment segment) {
        return MappedBuffer.map(segment, scheduler, this::tellMapped);
    }

    private Runnable tellMapped(MemorySegment memory) {
        Runnable unmap = backend.map(memory);
        // Nothing is in flight there: where it throws, it is the engine's books that are wrong.
        return () -> {
            Throwable _ = calling(name(), "unmap", unmap);
        };
    }

    /**
     * Calls the engine for one of its channels, or itself; what it throws is a fault, and the
     * answer.
     */
    @Nullable Throwable calling(String of, String what, Runnable call) {
        try {
            call.run();
            return null;
        } catch (Throwable broken) {
            reportThrown(of, what, broken);
            return broken;
        }
    }

    void reportThrown(String of, String what, Throwable thrown) {
        report(
                new Fault(
                        Fault.Kind.ENGINE_THREW,
                        of,
                        "the engine's " + what + " threw " + thrown,
                        Optional.of(thrown)));
    }

    @Override
    public List<Quarantine.Entry> quarantine() {
        return Quarantine.entriesOf(this);
    }

    @Override
    public void close() {
        CallbackContext.refuse("DmaEngine.close()");
        List<DmaChannel> all;
        Thread me = Thread.currentThread();
        synchronized (lock) {
            if (closed || me.equals(closer)) {
                return;
            }
            if (opening.contains(me)) {
                throw new IllegalStateException(
                        "engine '"
                                + name()
                                + "' cannot be closed by the filter of a request: it would wait for"
                                + " itself");
            }
            closing = true;
        }
        // Those that are being opened are closed with the others.
        waiters.await(opening::isEmpty, Deadline.NONE);
        synchronized (lock) {
            all = List.copyOf(open);
        }
        // All are told to stop before the first is waited for.
        all.forEach(DmaChannel::terminateAsync);
        List<EngineLostException> lost = new ArrayList<>();
        for (DmaChannel channel : all) {
            try {
                channel.close();
            } catch (EngineLostException exception) {
                lost.add(exception);
            }
        }
        if (!lost.isEmpty()) {
            EngineLostException first = lost.removeFirst();
            lost.forEach(first::addSuppressed);
            throw first;
        }
        boolean isMine;
        synchronized (lock) {
            isMine = closer == null;
            if (isMine) {
                closer = me;
            }
        }
        if (!isMine) {
            waiters.await(() -> closed, Deadline.NONE);
            return;
        }
        Throwable _ = calling(name(), "close", backend::close);
        callbackThreads.close();
        synchronized (lock) {
            closed = true;
            waiters.wake();
        }
    }

    // For the channels.

    void released(VirtualChannel channel, int index) {
        synchronized (lock) {
            open.remove(channel);
        }
        giveBack(index);
    }

    ChannelBackend openBackendChannel(int index, ChannelQueue queue) {
        return backend.openChannel(index, queue);
    }

    Scheduler scheduler() {
        return scheduler;
    }

    CallbackThreads callbackThreads() {
        return callbackThreads;
    }

    String nextChannelName() {
        return name() + "-" + CHANNELS_NAMED.incrementAndGet();
    }

    /** True if something may be free now and none of this engine's threads is about to look. */
    boolean wantsSweep() {
        return Quarantine.isWithholding() && sweepDue.compareAndSet(false, true);
    }

    /** Without any lock. */
    void sweep() {
        // First, so that an end during the sweep asks for another one.
        sweepDue.set(false);
        Quarantine.sweep();
    }

    private void reportOutOfThreads(Throwable thrown) {
        List<VirtualChannel> waiting;
        synchronized (lock) {
            waiting = List.copyOf(open);
        }
        // Who waits for a callback tries again.
        for (VirtualChannel each : waiting) {
            synchronized (each.lock) {
                each.waiters.wake();
            }
        }
        report(
                new Fault(
                        Fault.Kind.EXECUTOR_REFUSED,
                        name(),
                        "no callback thread could be started: " + thrown,
                        Optional.of(thrown)));
    }

    void report(Fault fault) {
        try {
            faults.accept(fault);
        } catch (Throwable listenerThrew) {
            FaultLog.INSTANCE.accept(fault);
        }
    }
}
