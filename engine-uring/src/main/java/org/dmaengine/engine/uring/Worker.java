package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One thread with one ring, and many channels on it. Only this thread uses the ring, the requests
 * and the files; others ring through the {@link Inbox}.
 *
 * <p>A turn: look who rang, hand over what may run with one system call for all of it, and hear
 * what is over. A worker without work looks a while, then waits in the kernel, where a completion
 * ends the wait, or a ring, through an event descriptor that the ring itself reads.
 *
 * <p>It ends when it is closed and the kernel holds nothing of it any more, and not before: what a
 * lost device never finishes keeps the thread, the ring and the memory (E1, E9, C12).
 */
final class Worker implements Runnable, Ring.Completions {
    // User data of entries that are no transfer's.
    private static final long WAKE = -1;
    private static final long CANCEL = -2;

    /** Completions that are kept free for cancels and for the read that wakes. */
    private static final int SPARE = 32;

    /** While something is to be looked at again: retries, unanswered stops, idle files. */
    private static final long TICK_NANOS = 10_000_000;

    private static final long NO_ROOM_NANOS = 100_000;

    private final UringCalls calls;
    private final UringOptions options;
    private final Scheduler scheduler;
    private final WakeEvent wakeEvent;
    private final @Nullable CallerRing toSweep;
    private final Mappings mappings;
    private final int ringIndex;
    private final Inbox inbox = new Inbox();
    // What is to be done to the ring, which only this thread may: one in a turn.
    private final Queue<Runnable> errands = new ConcurrentLinkedQueue<>();
    private final Set<UringChannel> channels = ConcurrentHashMap.newKeySet();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment wakeBuffer = arena.allocate(ValueLayout.JAVA_LONG);
    private final Requests requests;
    private final PeripheralCheck peripherals;
    private final Ends ends = new Ends();
    private final Opening opening;
    private @Nullable Ring ring;
    private @Nullable FileTable files;
    private @Nullable BufferTable buffers;
    private @Nullable PolledRing polled;
    private @Nullable Thread thread;

    private volatile boolean closed;
    private volatile boolean over;
    // Closed, and the kernel still holds memory of a lost channel.
    private volatile boolean keepsMemory;
    private volatile @Nullable Throwable broken;

    // Channels to look at in this turn, and those to look at when there is room, or time.
    private final ArrayDeque<UringChannel> touched = new ArrayDeque<>();
    private final ArrayDeque<UringChannel> starved = new ArrayDeque<>();
    private final ArrayDeque<UringChannel> delayed = new ArrayDeque<>();

    // Entries in the kernel: of transfers, of cancels, and the read that wakes.
    private int moving;
    private int cancels;
    private boolean wakeArmed;
    // Requests with a cancel asked for, and still there.
    private int stopping;
    // Rings come at moments when it has nothing to do.
    private boolean rungInSleep = true;
    private long tickedNanos;

    private Worker(
            UringCalls calls,
            UringOptions options,
            Scheduler scheduler,
            @Nullable CallerRing toSweep,
            WakeEvent wakeEvent,
            Mappings mappings,
            int ringIndex) {
        this.calls = calls;
        this.options = options;
        this.scheduler = scheduler;
        this.toSweep = toSweep;
        this.wakeEvent = wakeEvent;
        this.mappings = mappings;
        this.ringIndex = ringIndex;
        this.requests = new Requests(arena, options.chunkBytes());
        this.peripherals = new PeripheralCheck(calls);
        this.opening = new Opening(scheduler);
    }

    /**
     * Starts one, and waits until it has its ring.
     *
     * @param toSweep whose files it looks after
     * @param ringIndex the number of its ring among those of the engine
     * @throws UringUnavailable if it gets none
     */
    static Worker start(
            String name,
            UringCalls calls,
            UringOptions options,
            Scheduler scheduler,
            @Nullable CallerRing toSweep,
            Mappings mappings,
            int ringIndex)
            throws UringUnavailable {
        WakeEvent wakeEvent = WakeEvent.open(calls);
        Worker worker =
                new Worker(calls, options, scheduler, toSweep, wakeEvent, mappings, ringIndex);
        scheduler.startNative(name, worker);
        worker.opening.await();
        return worker;
    }

    // ---- From any thread

    /** Throws {@link org.dmaengine.PrepRefusedException} for what could only fail later. */
    void check(Operation operation) {
        peripherals.check(operation);
    }

    void join(UringChannel channel) {
        channels.add(channel);
        Throwable cause = broken;
        if (cause != null) {
            lose(channel, cause);
        }
    }

    void leave(UringChannel channel) {
        channels.remove(channel);
    }

    /** There is something to see in this channel. Never blocks. */
    void ring(UringChannel channel) {
        if (inbox.put(channel)) {
            wakeEvent.signal();
        }
    }

    /** It looks again at what the caller has just changed. Never blocks. */
    void wake() {
        if (inbox.mustWake()) {
            wakeEvent.signal();
        }
    }

    /** In one of its next turns; its transfers use the memory as it is until then. */
    void register(MappedRange range) {
        errands.add(() -> {
            require(buffers).register(range);
            if (polled != null) {
                polled.buffers().register(range);
            }
        });
        wake();
    }

    void unregister(MappedRange range) {
        errands.add(() -> {
            require(buffers).unregister(range);
            if (polled != null) {
                polled.buffers().unregister(range);
            }
        });
        wake();
    }

    boolean isCurrent() {
        return Thread.currentThread().equals(thread);
    }

    /**
     * Returns when the ring is given back, if nothing is in the kernel; what a lost channel has
     * there keeps the ring and the thread, for as long as it takes.
     */
    void close() {
        closed = true;
        wake();
        if (!isCurrent()) {
            opening.until(() -> over || keepsMemory);
        }
    }

    // ---- The thread

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            ring =
                    new Ring(
                            calls,
                            RingSetup.open(
                                    calls,
                                    options.entries(),
                                    options.completions(),
                                    options.sqPollIdleMillis()));
            files = new FileTable(calls, ring().descriptor(), options.files(), arena);
            buffers =
                    new BufferTable(
                            calls,
                            ring().descriptor(),
                            options.buffers(),
                            arena,
                            mappings,
                            ringIndex);
            if (options.polled()) {
                // The numbers behind those of all usual rings.
                int number = ringIndex + options.workers();
                polled = new PolledRing(calls, options, arena, mappings, number);
            }
        } catch (UringUnavailable | RuntimeException | Error no) {
            giveBack();
            opening.failed(no);
            return;
        }
        opening.done();
        try {
            while (!isOver()) {
                turn();
            }
            giveBack();
        } catch (RuntimeException | Error failure) {
            // The kernel may still hold memory: nothing is given back (C12).
            broken = failure;
            try {
                // What was heard before is over.
                ends.tell();
            } finally {
                channels.forEach(channel -> lose(channel, failure));
            }
        }
        over = true;
        opening.done();
    }

    private static void lose(UringChannel channel, Throwable cause) {
        channel.queue().lost("its ring failed: " + cause.getMessage(), cause);
    }

    private boolean isOver() {
        return closed && isOverButForWake() && !wakeArmed;
    }

    private boolean isOverButForWake() {
        return requests.inUse() == 0 && cancels == 0;
    }

    private void giveBack() {
        FileTable table = files;
        if (table != null) {
            table.close();
        }
        PolledRing other = polled;
        if (other != null) {
            other.close();
        }
        Ring mine = ring;
        if (mine != null) {
            mine.close();
        }
        wakeEvent.close();
        arena.close();
    }

    private void turn() {
        if (closed) {
            keepsMemory = requests.anyInUse(request -> !request.channel().isOver(request));
            if (!keepsMemory && wakeArmed) {
                wakeEvent.signal();
                // Nobody sleeps any more, and the end of the read may only be made when asked for.
                understand(ring().submit());
            }
        }
        Runnable errand = errands.poll();
        if (errand != null) {
            errand.run();
        }
        takeInbox();
        pumpTouched();
        boolean heard = false;
        boolean polls = poll();
        boolean looks = polls || rungInSleep || !touched.isEmpty() || !inbox.isEmpty();
        if (looks) {
            submitPending();
            heard = reap() > 0;
        }
        // Before a sleep and not behind it: who was woken for something sees to that first.
        tick();
        if (!polls && !heard && touched.isEmpty() && !(looks && looksForWork())) {
            sleep();
            reap();
        }
    }

    private void submitPending() {
        if (ring().pending() > 0) {
            understand(ring().submit());
        }
    }

    /** Asks the disks, if any are to be asked; while they are, the worker does not sleep. */
    private boolean poll() {
        PolledRing other = polled;
        if (other == null || !other.isBusy()) {
            return false;
        }
        understand(other.enter());
        if (other.reap(this) > 0) {
            ends.tell();
            touchAll(starved);
        }
        if (ring().hasCompletions()) {
            // Some are only made when the submitter asks.
            understand(ring().submit());
        }
        return true;
    }

    private void takeInbox() {
        UringChannel each = inbox.takeAll();
        while (each != null) {
            UringChannel next = Inbox.next(each);
            // They come newest first.
            if (!each.touched) {
                each.touched = true;
                touched.addFirst(each);
            }
            each = next;
        }
    }

    private void pumpTouched() {
        for (UringChannel each = touched.pollFirst(); each != null; each = touched.pollFirst()) {
            // Before the look: what touches it from here on is looked at again.
            each.touched = false;
            each.pump();
        }
        ends.tell();
    }

    private int reap() {
        int count = ring().reap(this);
        ends.tell();
        if (count > 0) {
            touchAll(starved);
        }
        return count;
    }

    private void touchAll(ArrayDeque<UringChannel> those) {
        for (UringChannel each = those.pollFirst(); each != null; each = those.pollFirst()) {
            touch(each);
        }
    }

    /**
     * Before it makes others pay for a wake-up, an idle worker looks for a while. What the kernel
     * has wakes it by itself: where nobody rings it goes to sleep with the call that submits.
     */
    private boolean looksForWork() {
        for (int i = 0; i < options.spins(); i++) {
            if (!inbox.isEmpty() || !errands.isEmpty() || ring().hasCompletions()) {
                if (inbox.isEmpty()) {
                    // Some completions are only made when the submitter asks.
                    understand(ring().submit());
                }
                return true;
            }
            Thread.onSpinWait();
        }
        rungInSleep = false;
        return false;
    }

    /** Hands over what was written, and waits until something is over, or somebody rings. */
    private void sleep() {
        armWake();
        // Behind the announcement, as the look into the inbox is: who closes sees one of both.
        if (inbox.fallAsleep() && errands.isEmpty() && !(closed && isOverButForWake())) {
            // Without a place for the read that wakes nobody could wake it.
            boolean looks = !wakeArmed || mustLook();
            understand(ring().submitAndWait(looks ? TICK_NANOS : Long.MAX_VALUE));
            rungInSleep = !inbox.isEmpty();
        } else {
            submitPending();
        }
        inbox.wakeUp();
    }

    private void armWake() {
        long entry = wakeArmed ? -1 : place();
        if (entry >= 0) {
            wakeArmed = true;
            ring().write(
                            entry,
                            IORING_OP_READ,
                            0,
                            wakeEvent.descriptor(),
                            -1,
                            wakeBuffer.address(),
                            Long.BYTES,
                            0,
                            WAKE);
        }
    }

    /** What `io_uring_enter` answered: what it did not take is offered again, nothing is lost. */
    private void understand(int answer) {
        switch (-answer) {
            // Interrupted; the time is over; completions are kept aside until some are heard.
            case Errno.EINTR, Errno.ETIME, Errno.EBUSY -> {}
            case Errno.EAGAIN, Errno.ENOMEM -> scheduler.park(NO_ROOM_NANOS);
            default -> {
                if (answer < 0) {
                    throw new IllegalStateException(Errno.describe(-answer, "io_uring_enter"));
                }
            }
        }
    }

    private boolean mustLook() {
        return stopping > 0
                || !delayed.isEmpty()
                || !starved.isEmpty()
                || files().hasIdle()
                || (polled != null && polled.files().hasIdle())
                || (toSweep != null && toSweep.wantsSweep());
    }

    private void tick() {
        if (!mustLook()) {
            return;
        }
        long now = scheduler.nanoTime();
        if (now - tickedNanos < TICK_NANOS) {
            return;
        }
        tickedNanos = now;
        touchAll(delayed);
        // The kernel may have taken what stood in their way, and nothing of it be over yet.
        touchAll(starved);
        files().dropIdle();
        if (polled != null) {
            polled.files().dropIdle();
        }
        if (toSweep != null) {
            toSweep.sweep();
        }
        if (stopping > 0) {
            // A cancel may have come while the kernel had the request in its hands.
            requests.forEachInUse(this::cancelAgain);
        }
    }

    private void cancelAgain(Request request) {
        if (request.cancelled && request.phase != Request.Phase.WAITING) {
            stopping--;
            cancel(request);
        }
    }

    // ---- For its channels, on its thread

    Requests requests() {
        return requests;
    }

    private FileTable files() {
        return require(files);
    }

    /**
     * The file of a channel, in use until it is released.
     *
     * @param moves whether it is for a transfer
     */
    OpenFile acquire(Channel channel, boolean moves) throws ErrnoException {
        OpenFile file = files().acquire(channel);
        return polled != null && moves ? polled.instead(file) : file;
    }

    boolean isPolled(Request request) {
        return polled != null && request.hasFile() && polled.has(request.file());
    }

    /** Its disk cannot be polled: it goes the usual way, as do those after it. */
    void withoutPolling(Request request) throws ErrnoException {
        OpenFile file = request.file();
        require(polled).refused(file.channel());
        OpenFile usual = files().acquire(file.channel());
        usual.refusesPolling();
        request.file(usual);
        file.release();
    }

    private Ring ring() {
        return require(ring);
    }

    private static <T> T require(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the worker has no ring yet");
        }
        return value;
    }

    int depth() {
        return options.depth();
    }

    /** Looks at the channel once more in this turn, or in the next. */
    void touch(UringChannel channel) {
        if (!channel.touched) {
            channel.touched = true;
            touched.addLast(channel);
        }
    }

    /** A place for an entry; hands over what is there if that makes one. -1: none. */
    private long place() {
        long entry = ring().next();
        if (entry < 0) {
            understand(ring().submit());
            entry = ring().next();
        }
        return entry;
    }

    /** Whether {@link #submit} may be called; if not, the channel is touched when it may. */
    boolean hasRoomFor(UringChannel channel, Request request) {
        boolean crowded = request.isIndependent() && moving >= ring().completionsMax() - SPARE;
        if (crowded || (isPolled(request) ? !hasPolledPlace() : place() < 0)) {
            starved.addLast(channel);
            return false;
        }
        return true;
    }

    private boolean hasPolledPlace() {
        PolledRing other = require(polled);
        if (!other.hasRoom()) {
            understand(other.enter());
        }
        return other.hasRoom();
    }

    void submit(Request request) {
        if (isPolled(request)) {
            require(polled).submit(request);
        } else {
            request.write(ring(), ring().next(), require(buffers));
        }
        moving++;
    }

    /** Asks the kernel to stop a request; no answer to that is an end (P4). */
    void cancel(Request request) {
        request.cancelled = true;
        stopping++;
        // What a polled disk has cannot be taken back; otherwise, the next tick asks again.
        long entry = isPolled(request) ? -1 : place();
        if (entry < 0) {
            return;
        }
        ring().write(entry, IORING_OP_ASYNC_CANCEL, 0, -1, 0, request.userData(), 0, 0, CANCEL);
        cancels++;
    }

    /** Not before the next tick. */
    void later(Request request) {
        request.notBeforeNanos = scheduler.nanoTime() + TICK_NANOS / 2;
        delayed.addLast(request.channel());
    }

    boolean isTimeFor(Request request) {
        if (scheduler.nanoTime() < request.notBeforeNanos) {
            delayed.addLast(request.channel());
            return false;
        }
        return true;
    }

    void complete(Request request) {
        ends.whole(request.channel().queue(), request.ticket());
        giveBack(request);
    }

    void end(Request request, Outcome outcome, @Nullable TransferError error) {
        ChannelQueue queue = request.channel().queue();
        long ticket = request.ticket();
        long bytes = request.movedBytes();
        giveBack(request);
        ends.end(queue, ticket, outcome, bytes, error);
    }

    /** The ends of those that are moved: at the latest at the end of the turn. */
    void tellEnds() {
        ends.tell();
    }

    /** Its transfer is over. */
    void giveBack(Request request) {
        if (request.hasFile()) {
            request.file().release();
            request.file(null);
        }
        requests.giveBack(request);
    }

    // ---- Completions

    @Override
    public void completed(long userData, int result) {
        if (userData == WAKE && wakeArmed) {
            wakeArmed = false;
        } else if (userData == CANCEL && cancels > 0) {
            cancels--;
        } else {
            Request request = requests.find(userData);
            if (request == null) {
                throw new IllegalStateException(
                        "a completion for 0x%x, which is not in the kernel".formatted(userData));
            }
            moving--;
            stopping -= request.cancelled ? 1 : 0;
            request.channel().completed(request, result);
        }
    }
}
