package org.dmaengine;

import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.Scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * An engine of one channel that moves nothing by itself: it holds what it took until the spec lets
 * it end, and looks that the core keeps its side of the SPI.
 */
final class HeldEngine implements EngineProvider, EngineBackend, ChannelBackend {
    private static final EngineDescription DESCRIPTION =
            new EngineDescription(
                    "held",
                    "ends what it took when it is told to",
                    Set.of(Capability.MEMCPY, Capability.INTERRUPT, Capability.PAUSE),
                    Map.of(
                            OperationKind.MEMCPY,
                            new Termination(AbortEffect.AT_ONCE, Proof.WORKER_IDLE),
                            OperationKind.INTERRUPT,
                            new Termination(AbortEffect.AT_ONCE, Proof.WORKER_IDLE)),
                    ResidueGranularity.DESCRIPTOR,
                    1,
                    1L << 40,
                    1);

    private ChannelQueue queue;

    // Guarded by this.
    private final List<TransferNode> held = new ArrayList<>();
    private IssuedCopies copies;
    private boolean paused;
    private boolean pausesLate;
    private boolean told;
    private boolean closed;

    /** A channel of it, which is in no registry: one run's must not be there in the next. */
    VirtualChannel request(
            int depthMax, Scheduler scheduler, Consumer<Fault> faults, Executor callbacks) {
        DmaEngine opened =
                DmaEngines.open(
                        this, EngineOptions.defaults().withScheduler(scheduler).withFaults(faults));
        DmaChannel channel =
                opened.requestChannel(
                        ChannelRequest.of(Capability.MEMCPY, Capability.INTERRUPT, Capability.PAUSE)
                                .withDepth(depthMax)
                                .withCallbackExecutor(callbacks));
        ChannelRegistry.remove((VirtualChannel) channel);
        return (VirtualChannel) channel;
    }

    // ---- What the spec makes it do

    /** Takes one; its ticket, or 0. */
    long take() {
        synchronized (this) {
            // A real engine has one thread for this, too.
            TransferNode next = (TransferNode) queue.next();
            if (next == null) {
                return 0;
            }
            for (TransferNode older : held) {
                require(older.generation() == next.generation(), "new work beside old (C6)");
            }
            require(!closed, "work after close");
            held.add(next);
            return next.ticket();
        }
    }

    /** Ends the oldest it holds; its ticket, or 0. */
    long end(Outcome outcome) {
        long ticket;
        synchronized (this) {
            if (held.isEmpty()) {
                return 0;
            }
            ticket = held.removeFirst().ticket();
        }
        queue.end(ticket, outcome, 0);
        return ticket;
    }

    /** Takes the plain copies that are next in line; the newest ticket, or 0. */
    synchronized long takeCopies() {
        if (copies != null) {
            return 0;
        }
        copies = queue.nextCopies();
        return copies == null ? 0 : copies.ticket(copies.count() - 1);
    }

    /** Ends the copies it holds, all complete; the newest ticket, or 0. */
    long endCopies() {
        int count;
        long newest;
        synchronized (this) {
            if (copies == null) {
                return 0;
            }
            count = copies.count();
            newest = copies.ticket(count - 1);
            copies = null;
        }
        queue.endCopies(count);
        return newest;
    }

    /** Takes all there is, and ends all it has. */
    void finish() {
        boolean more = true;
        while (more) {
            // In order: nothing newer while it holds something.
            boolean took = !holds(Long.MAX_VALUE) && (takeCopies() != 0 || take() != 0);
            boolean ended = endCopies() != 0 || end(Outcome.COMPLETE) != 0;
            more = ended || took;
        }
    }

    /** From here on it says later that it stands still. */
    synchronized void pauseLate() {
        pausesLate = true;
    }

    /** Says that it stands still, if it was told to. */
    void confirmPause() {
        synchronized (this) {
            if (!paused) {
                return;
            }
        }
        queue.paused();
    }

    synchronized boolean holds(long ticketMax) {
        boolean holdsCopies = copies != null && copies.ticket(0) <= ticketMax;
        return holdsCopies || held.stream().anyMatch(each -> each.cookie <= ticketMax);
    }

    synchronized boolean isPaused() {
        return paused;
    }

    // ---- What the core tells it

    @Override
    public void start() {}

    @Override
    public void abort() {
        beginTelling();
        synchronized (this) {
            paused = false;
            for (TransferNode each : held) {
                require(each.stopRequested(), "an abort hits newer work (P3)");
            }
            require(copies == null || copies.stopRequested(), "an abort hits newer copies (P3)");
        }
        endTelling();
    }

    @Override
    public boolean pause() {
        beginTelling();
        synchronized (this) {
            require(!paused, "told twice to pause");
            paused = true;
        }
        endTelling();
        return !pausesLate;
    }

    @Override
    public void resume() {
        beginTelling();
        synchronized (this) {
            require(paused, "told to resume and not paused");
            paused = false;
        }
        endTelling();
    }

    @Override
    public boolean synchronize(long deadlineNanos) {
        return true;
    }

    @Override
    public synchronized void close() {
        require(held.isEmpty(), "closed while it holds something");
        require(!closed, "closed twice");
        closed = true;
    }

    private synchronized void beginTelling() {
        require(!told, "two wishes at once");
        require(!closed, "a wish after close");
        told = true;
    }

    private synchronized void endTelling() {
        told = false;
    }

    private static void require(boolean kept, String otherwise) {
        if (!kept) {
            throw new AssertionError(otherwise);
        }
    }

    // ---- Opening

    @Override
    public String name() {
        return "held";
    }

    @Override
    public Probe probe() {
        return new Probe.Available(DESCRIPTION);
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        return this;
    }

    @Override
    public EngineDescription description() {
        return DESCRIPTION;
    }

    @Override
    public ChannelBackend openChannel(int index, ChannelQueue itsQueue) {
        queue = itsQueue;
        return this;
    }

    @Override
    public void prepare(Operation operation) {}
}
