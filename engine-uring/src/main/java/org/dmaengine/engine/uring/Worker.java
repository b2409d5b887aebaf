package org.dmaengine.engine.uring;

import org.dmaengine.Operation;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One thread with one ring, and many channels on it. Only this thread uses the ring, the requests
 * and the files, in its {@link Turns}; others ring through the {@link Inbox}.
 *
 * <p>It ends when it is closed and the kernel holds nothing of it any more, and not before: what a
 * lost device never finishes keeps the thread, the ring and the memory (E1, E9, C12). If anything
 * is thrown on it, its channels are lost, all of them; then only the thread ends.
 */
final class Worker implements Runnable {
    private static final System.Logger LOG = System.getLogger("org.dmaengine");

    /**
     * How often a channel is told that it is lost, if that throws: there may be no memory for it.
     */
    private static final int LOSE_TRIES = 3;

    private final UringCalls calls;
    private final UringOptions options;
    private final Scheduler scheduler;
    private final WakeEvent wakeEvent;
    private final @Nullable CallerRing toSweep;
    private final Mappings mappings;
    private final int ringNumber;
    private final PeripheralCheck peripherals;
    private final Opening opening;
    private final Inbox inbox = new Inbox();
    private final Set<UringChannel> channels = ConcurrentHashMap.newKeySet();

    // Written by its thread before the opening is done, and read behind that.
    private @Nullable Thread thread;
    private @Nullable Turns turns;

    private volatile boolean over;
    // Closed, and the kernel still holds memory of a lost channel.
    private volatile boolean keepsMemory;
    private volatile @Nullable Throwable broken;

    private Worker(
            UringCalls calls,
            UringOptions options,
            Scheduler scheduler,
            @Nullable CallerRing toSweep,
            WakeEvent wakeEvent,
            Mappings mappings,
            int ringNumber) {
        this.calls = calls;
        this.options = options;
        this.scheduler = scheduler;
        this.toSweep = toSweep;
        this.wakeEvent = wakeEvent;
        this.mappings = mappings;
        this.ringNumber = ringNumber;
        this.peripherals = new PeripheralCheck(calls);
        this.opening = new Opening(scheduler);
    }

    /**
     * Starts one, and waits until it has its ring.
     *
     * @param toSweep whose files it looks after when it is woken for that
     * @param ringNumber of its ring, among those of the engine
     * @throws UringUnavailable if it gets none
     */
    static Worker start(
            String name,
            UringCalls calls,
            UringOptions options,
            Scheduler scheduler,
            @Nullable CallerRing toSweep,
            Mappings mappings,
            int ringNumber)
            throws UringUnavailable {
        WakeEvent wakeEvent = WakeEvent.open(calls);
        Worker worker;
        try {
            worker =
                    new Worker(calls, options, scheduler, toSweep, wakeEvent, mappings, ringNumber);
            scheduler.startNative(name, worker);
        } catch (RuntimeException | Error outOfThreads) {
            wakeEvent.close();
            throw outOfThreads;
        }
        worker.opening.await();
        return worker;
    }

    // ---- From any thread

    /** Throws {@link org.dmaengine.PrepRefusedException} for what could only fail later. */
    void check(Operation operation) {
        peripherals.check(operation);
    }

    UringChannel join(ChannelQueue queue, @Nullable CallerRing callers) {
        UringChannel channel = new UringChannel(queue, this, turns(), callers);
        channels.add(channel);
        Throwable cause = broken;
        if (cause != null) {
            lose(channel, cause);
        }
        return channel;
    }

    void leave(UringChannel channel) {
        channels.remove(channel);
    }

    /** There is something to see in this channel. Never blocks. */
    void ring(UringChannel channel) {
        wakeIf(inbox.put(channel));
    }

    /** It looks again at what the caller has just changed. Never blocks. */
    void wake() {
        wakeIf(inbox.mustWake());
    }

    private void wakeIf(boolean sleeping) {
        if (sleeping) {
            try {
                wakeEvent.signal();
            } catch (RuntimeException | Error unheard) {
                inbox.notWoken();
                throw unheard;
            }
        }
    }

    /** Its ring has failed, and it does nothing any more. */
    boolean isBroken() {
        return broken != null;
    }

    /** In one of its next turns; its transfers use the memory as it is until then. */
    void register(MappedRange range) {
        put(() -> turns().rings().register(range));
    }

    void unregister(MappedRange range) {
        put(() -> turns().rings().unregister(range));
    }

    private void put(Runnable errand) {
        if (!isBroken()) {
            wakeIf(inbox.put(errand));
        }
    }

    private Turns turns() {
        Turns mine = turns;
        assert mine != null : "the worker has no ring yet";
        return mine;
    }

    boolean isCurrent() {
        return Thread.currentThread().equals(thread);
    }

    /**
     * Returns when the ring is given back, if nothing is in the kernel; what a lost channel has
     * there keeps the ring and the thread, for as long as it takes.
     */
    void close() {
        wakeIf(inbox.close());
        if (!isCurrent()) {
            opening.until(() -> over || keepsMemory);
        }
    }

    // ---- The thread

    @Override
    public void run() {
        thread = Thread.currentThread();
        Arena arena = null;
        Turns mine;
        try {
            arena = Arena.ofShared();
            mine =
                    new Turns(
                            calls,
                            options,
                            scheduler,
                            inbox,
                            wakeEvent,
                            toSweep,
                            mappings,
                            ringNumber,
                            arena);
        } catch (UringUnavailable | RuntimeException | Error no) {
            wakeEvent.close();
            if (arena != null) {
                arena.close();
            }
            opening.failed(no);
            return;
        }
        turns = mine;
        opening.done();
        try {
            while (!(inbox.isClosed() && mine.isOver())) {
                if (inbox.isClosed()) {
                    finish(mine);
                }
                mine.turn();
            }
            mine.close();
            wakeEvent.close();
            arena.close();
        } catch (Throwable failure) {
            // Checked exceptions as well: what it calls of the client's may be in any language.
            fail(mine, failure);
        } finally {
            over = true;
            opening.done();
        }
    }

    private void finish(Turns mine) {
        keepsMemory = mine.hasMemoryInKernel();
        if (!keepsMemory) {
            mine.rings().disarmWake();
        }
    }

    /** The kernel may still hold memory: nothing is given back (C12). */
    private void fail(Turns mine, Throwable cause) {
        broken = cause;
        try {
            // What was heard before is over.
            mine.tellEnds();
        } catch (Throwable again) {
            note(cause, again);
        }
        for (int i = 0; i < LOSE_TRIES && !channels.isEmpty(); i++) {
            tellAll(cause);
        }
        if (!channels.isEmpty()) {
            String message = "not told that they are lost: ".concat(channels.toString());
            LOG.log(System.Logger.Level.ERROR, message, cause);
        }
        if (toSweep != null) {
            toSweep.findSweeper();
        }
    }

    // No lambda and no + of strings from here on: Java links those on first use, and what has
    // broken this thread may have broken that for ever.

    private void tellAll(Throwable cause) {
        for (Iterator<UringChannel> each = channels.iterator(); each.hasNext(); ) {
            if (tell(each.next(), cause)) {
                each.remove();
            }
        }
    }

    /** Tells one of them: if it throws, the others are told all the same. */
    private static boolean tell(UringChannel channel, Throwable cause) {
        try {
            lose(channel, cause);
            return true;
        } catch (Throwable again) {
            note(cause, again);
            return false;
        }
    }

    private static void lose(UringChannel channel, Throwable cause) {
        channel.queue().lost("its ring failed: ".concat(describe(cause)), cause);
    }

    @SuppressWarnings("ReferenceEquality") // It takes any but itself.
    private static void note(Throwable cause, Throwable another) {
        if (another != cause) {
            cause.addSuppressed(another);
        }
    }

    /** In its own words, if it has any: it may be of a client's class. */
    private static String describe(Throwable cause) {
        try {
            return cause.toString();
        } catch (RuntimeException | Error wordless) {
            return cause.getClass().getName();
        }
    }
}
