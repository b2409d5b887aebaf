package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channel;

/**
 * What one worker has of the kernel: its ring, perhaps a second one for disks that are polled, with
 * their tables of files and buffers; and how many entries the kernel has of it. Of the worker's
 * thread alone.
 */
final class Rings implements Ring.Completions {
    // User data of entries that are no transfer's.
    private static final long WAKE = -1;
    private static final long CANCEL = -2;

    /** Completions that are kept free for cancels and for the read that wakes. */
    private static final int SPARE = 32;

    private static final long NO_ROOM_NANOS = 100_000;

    private final Scheduler scheduler;
    private final WakeEvent wakeEvent;
    private final MemorySegment wakeBuffer;
    private final Ring ring;
    private final FileTable files;
    private final BufferTable buffers;
    private final @Nullable PolledRing polled;
    private final Ring.Completions transfers;

    // Entries in the kernel: of transfers, of cancels, and the read that wakes.
    private int moving;
    private int cancels;
    private boolean wakeArmed;

    /**
     * @param number of the usual ring, among those of the engine
     * @param arena what they work with; closed by whoever closes them
     * @param transfers told of the ends of {@link #submit}
     */
    Rings(
            UringCalls calls,
            UringOptions options,
            Scheduler scheduler,
            WakeEvent wakeEvent,
            Mappings mappings,
            int number,
            Arena arena,
            Ring.Completions transfers)
            throws UringUnavailable {
        this.scheduler = scheduler;
        this.wakeEvent = wakeEvent;
        this.wakeBuffer = arena.allocate(ValueLayout.JAVA_LONG);
        this.transfers = transfers;
        ring =
                Ring.over(
                        calls,
                        RingSetup.open(
                                calls,
                                options.entries(),
                                options.completions(),
                                options.sqPollIdleMillis()));
        try {
            files = new FileTable(calls, ring.descriptor(), options.files(), arena);
            buffers =
                    new BufferTable(
                            calls, ring.descriptor(), options.buffers(), arena, mappings, number);
            // The numbers behind those of all usual rings.
            int another = number + options.workers();
            polled =
                    options.polled()
                            ? new PolledRing(calls, options, arena, mappings, another)
                            : null;
        } catch (UringUnavailable | RuntimeException | Error refused) {
            ring.close();
            throw refused;
        }
    }

    /** When the kernel has nothing of it any more. */
    void close() {
        files.close();
        if (polled != null) {
            polled.close();
        }
        ring.close();
    }

    // ---- Files and buffers

    /**
     * The file of a channel, in use until it is released.
     *
     * @param moves whether it is for a transfer
     */
    OpenFile acquire(Channel channel, boolean moves) throws ErrnoException {
        OpenFile file = files.acquire(channel);
        return polled != null && moves ? polled.instead(file) : file;
    }

    /** Whether there is something that nobody uses, to be let go from time to time. */
    boolean hasIdle() {
        return files.hasIdle()
                || buffers.hasUncleared()
                || (polled != null
                        && (polled.files().hasIdle() || polled.buffers().hasUncleared()));
    }

    void dropIdle() {
        files.dropIdle();
        buffers.clearAgain();
        if (polled != null) {
            polled.files().dropIdle();
            polled.buffers().clearAgain();
        }
    }

    boolean isPolled(Request request) {
        return polled != null && request.hasFile() && polled.has(request.file());
    }

    /** Its disk cannot be polled: it goes the usual way, as do those after it. */
    void withoutPolling(Request request) throws ErrnoException {
        OpenFile file = request.file();
        polled().refused(file.channel());
        OpenFile usual = files.acquire(file.channel());
        usual.refusesPolling();
        request.file(usual);
        file.release();
    }

    private PolledRing polled() {
        PolledRing other = polled;
        assert other != null : "nothing of it is polled";
        return other;
    }

    void register(MappedRange range) {
        buffers.register(range);
        if (polled != null) {
            polled.buffers().register(range);
        }
    }

    void unregister(MappedRange range) {
        buffers.unregister(range);
        if (polled != null) {
            polled.buffers().unregister(range);
        }
    }

    // ---- Submission

    /** Whether {@link #submit} may be called. */
    boolean hasRoomFor(Request request) {
        if (request.isIndependent() && moving >= ring.completionsMax() - SPARE) {
            return false;
        }
        return isPolled(request) ? hasPolledPlace() : place() >= 0;
    }

    private boolean hasPolledPlace() {
        PolledRing other = polled();
        if (!other.hasRoom()) {
            understand(other.enter());
        }
        return other.hasRoom();
    }

    /** Writes its next piece; the kernel takes it with the next {@link #handOver} at the latest. */
    void submit(Request request) {
        if (isPolled(request)) {
            polled().submit(request);
        } else {
            request.write(ring, ring.next(), buffers);
        }
        moving++;
    }

    /** Asks the kernel to stop a request, if there is room to; no answer to that is an end (P4). */
    void cancel(Request request) {
        // What a polled disk has cannot be taken back.
        long entry = isPolled(request) ? -1 : place();
        if (entry >= 0) {
            ring.write(entry, IORING_OP_ASYNC_CANCEL, 0, -1, 0, request.userData(), 0, 0, CANCEL);
            cancels++;
        }
    }

    /** From here on, if there was room for it, who signals the event wakes this thread. */
    void armWake() {
        long entry = wakeArmed ? -1 : place();
        if (entry >= 0) {
            wakeArmed = true;
            ring.write(
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

    boolean isWakeArmed() {
        return wakeArmed;
    }

    /** Ends that read by a signal: nobody sleeps any more. */
    void disarmWake() {
        if (wakeArmed) {
            wakeEvent.signal();
            // Its end may only be made when asked for.
            enter();
        }
    }

    /** Whether the kernel still has a cancel; what it has of transfers is not looked at. */
    boolean hasCancels() {
        return cancels > 0;
    }

    /** A place for an entry; hands over what is there if that makes one. -1: none. */
    private long place() {
        long entry = ring.next();
        if (entry < 0) {
            enter();
            entry = ring.next();
        }
        return entry;
    }

    /** Whether the kernel has not taken all yet that was written. */
    boolean hasPending() {
        return ring.pending() > 0 || (polled != null && polled.hasPending());
    }

    /** Hands over what was written, if anything was. */
    void handOver() {
        if (ring.pending() > 0) {
            enter();
        }
    }

    /** The same in any case: some completions are only made when the submitter asks. */
    void enter() {
        understand(ring.submit());
    }

    /** The same, and waits until something is over, or somebody signals the event. */
    void enterAndWait(long timeoutNanos) {
        understand(ring.submitAndWait(timeoutNanos));
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

    // ---- Completion

    /** Whether {@link #reap} would tell something, now or after an {@link #enter}. */
    boolean hasCompletions() {
        return ring.hasCompletions();
    }

    /** Tells all that are there now; returns how many. */
    int reap() {
        return ring.reap(this);
    }

    /** Whether disks are to be asked, until they have answered: nothing of theirs wakes. */
    boolean isPolling() {
        return polled != null && polled.isBusy();
    }

    /** Asks the disks once; returns how many entries were told. */
    int poll() {
        PolledRing other = polled();
        understand(other.enter());
        return other.reap(this);
    }

    @Override
    public void completed(long userData, int result) {
        if (userData == WAKE && wakeArmed) {
            wakeArmed = false;
        } else if (userData == CANCEL && cancels > 0) {
            cancels--;
        } else {
            transfers.completed(userData, result);
            moving--;
        }
    }
}
