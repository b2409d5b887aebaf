package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.dmaengine.Direction;
import org.dmaengine.Operation;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A ring for whoever rings the doorbell: small transfers of files are tried there at once, all by
 * one system call, and on the condition that nothing has to be waited for ({@code RWF_NOWAIT}).
 * What is in the page cache is done when the call returns, without another thread. The rest goes to
 * the worker, with what was moved of it.
 *
 * <p>So nothing of a client's thread ever stays in the kernel, where it would end with the thread.
 * One thread at a time uses the ring; who finds it busy leaves its work to the worker.
 */
final class CallerRing implements Ring.Completions {
    /** The most bytes of a transfer that is tried here, so that a doorbell stays short (P2). */
    private static final long LENGTH_MAX_BYTES = 64 << 10;

    /** Its number among the rings of the engine. */
    static final int INDEX = 0;

    /** The result of what is left as it is; no other is negative but an error of the kernel's. */
    static final int NOT_TRIED = -Errno.EAGAIN;

    /** No result of the kernel's: its entry is still to come. */
    static final int IN_KERNEL = Integer.MIN_VALUE;

    /**
     * So many channels are served by one thread one inside the other, each by a callback that rings
     * the next one's doorbell: a longer chain goes on at the workers, or the stack would grow.
     */
    private static final int DEPTH_MAX = 8;

    private static final int SPINS = 100;

    private final ThreadLocal<int[]> depth = ThreadLocal.withInitial(() -> new int[1]);

    private final AtomicBoolean busy = new AtomicBoolean();
    private final Runnable sweeper;

    // Set by who holds `busy`; the sweeper looks at it without.
    private volatile boolean sweepWanted;

    // Of whoever holds `busy`.
    private final Arena arena = Arena.ofShared();
    private final Ring ring;
    private final FileTable files;
    private final BufferTable buffers;
    private int[] results = new int[0];
    private int batchNumber;
    private int outstanding;
    // Of the batch: files that were looked up, one for each run of transfers alike; and the latest.
    private final List<OpenFile> inUse = new ArrayList<>();
    private @Nullable PeripheralConfig config;
    private @Nullable OpenFile file;
    private boolean reading;
    private long lengthMaxBytes;
    private boolean closed;
    // The kernel broke its word: what it still holds is not known, and nothing is used again.
    private boolean broken;

    /**
     * @param sweeper wakes whoever calls {@link #sweep}
     */
    CallerRing(UringCalls calls, UringOptions options, Mappings mappings, Runnable sweeper)
            throws UringUnavailable {
        this.sweeper = sweeper;
        try {
            ring = Ring.over(calls, RingSetup.openForAnyThread(calls, 2 * Attempt.BATCH));
        } catch (UringUnavailable | RuntimeException | Error refused) {
            arena.close();
            throw refused;
        }
        int number = ring.descriptor();
        try {
            files = new FileTable(calls, number, options.files(), arena);
            buffers = new BufferTable(calls, number, options.buffers(), arena, mappings, INDEX);
        } catch (RuntimeException | Error failed) {
            ring.close();
            arena.close();
            throw failed;
        }
    }

    // Around what a thread does when it serves a channel here.

    boolean isShallow() {
        return depth.get()[0] < DEPTH_MAX;
    }

    void enter() {
        depth.get()[0]++;
    }

    void leave() {
        depth.get()[0]--;
    }

    /**
     * Tries a batch of transfers, each of which is {@link #NOT_TRIED} so far. What was tried has
     * what it moved in the results, or an error; nothing is tried if the ring is busy. If this
     * throws, the kernel may still hold those that are {@link #IN_KERNEL}.
     */
    void attempt(Attempt batch) {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        try {
            if (!closed && !broken) {
                // Until it is over.
                broken = true;
                move(batch);
                broken = false;
            }
            if (files.hasIdle()) {
                wantSweep();
            }
        } finally {
            busy.set(false);
        }
    }

    /** Whoever was woken for it does nothing any more. */
    void findSweeper() {
        if (sweepWanted) {
            sweeper.run();
        }
    }

    private void wantSweep() {
        if (!sweepWanted) {
            sweepWanted = true;
            sweeper.run();
        }
    }

    private void move(Attempt batch) {
        results = batch.results;
        batchNumber++;
        outstanding = 0;
        for (int i = 0; i < batch.count; i++) {
            begin(batch.transfers[i], i);
        }
        while (outstanding > 0) {
            // An entry that the kernel has not taken yet is offered again: none stays behind (E7).
            understand(ring.pending() > 0 ? ring.submit() : ring.submitAndWait(Long.MAX_VALUE));
            ring.reap(this);
        }
        for (int i = 0; i < batch.count; i++) {
            if (results[i] == IN_KERNEL) {
                results[i] = NOT_TRIED;
            }
        }
        config = null;
        // Neither a method reference nor an iterator, which the compiler does not always take
        // apart.
        for (int i = 0; i < inUse.size(); i++) {
            files.release(inUse.get(i));
        }
        inUse.clear();
    }

    /** What the kernel refuses to take goes to the worker, which can wait until it does (P2). */
    private void understand(int answer) {
        if (answer >= 0 || answer == -Errno.EINTR) {
            return;
        }
        int refused = ring.withdraw();
        outstanding -= refused;
        boolean forTheMoment =
                answer == -Errno.EAGAIN || answer == -Errno.EBUSY || answer == -Errno.ENOMEM;
        if (refused == 0 && !forTheMoment) {
            throw new IllegalStateException(Errno.describe(-answer, "io_uring_enter"));
        }
    }

    /** Writes its entry, if it is for this ring. */
    private void begin(IssuedTransfer transfer, int index) {
        if (!(transfer.operation() instanceof Operation.PeripheralSg access)
                || access.segments().size() != 1
                || transfer.stopRequested()) {
            return;
        }
        OpenFile of = fileOf(access.config());
        long lengthBytes = access.lengthBytes();
        if (of == null || lengthBytes > lengthMaxBytes) {
            return;
        }
        long address = access.segments().get(0).address();
        int place = buffers.placeOf(address, lengthBytes);
        ring.write(
                ring.next(),
                BufferTable.operation(reading, place),
                of.entryFlags(),
                of.number(),
                access.offsetBytes(),
                address,
                (int) lengthBytes,
                RWF_NOWAIT,
                (long) batchNumber << Integer.SIZE | index,
                Math.max(place, 0));
        results[index] = IN_KERNEL;
        outstanding++;
    }

    /** Null if it is not for this ring. */
    @SuppressWarnings("ReferenceEquality") // Another one like it is only looked up once more.
    private @Nullable OpenFile fileOf(PeripheralConfig wanted) {
        if (wanted != config) {
            config = wanted;
            reading = wanted.direction() == Direction.DEV_TO_MEM;
            file = acquire(wanted);
            long burst = wanted.burstBytes();
            lengthMaxBytes = burst == 0 ? LENGTH_MAX_BYTES : Math.min(burst, LENGTH_MAX_BYTES);
        }
        return file;
    }

    private @Nullable OpenFile acquire(PeripheralConfig wanted) {
        if (!(wanted.peripheral() instanceof Peripheral.File(FileChannel channel))) {
            return null;
        }
        try {
            OpenFile found = files.acquire(channel);
            // Until the batch is over, also if it cannot be used.
            inUse.add(found);
            return found.isAtHand(reading) ? found : null;
        } catch (ErrnoException refused) {
            // The worker finds the same, and tells it.
            return null;
        }
    }

    @Override
    public void completed(long userData, int result) {
        int index = (int) userData;
        if ((int) (userData >>> Integer.SIZE) != batchNumber
                || index < 0
                || index >= results.length
                || results[index] != IN_KERNEL) {
            throw new IllegalStateException(
                    "a completion for 0x%x, which is not in the kernel".formatted(userData));
        }
        results[index] = result;
        outstanding--;
    }

    /** Any thread; may take as long as pinning takes. */
    void register(MappedRange range) {
        alone(() -> buffers.register(range));
    }

    void unregister(MappedRange range) {
        alone(() -> {
            buffers.unregister(range);
            if (buffers.hasUncleared()) {
                wantSweep();
            }
        });
    }

    /** Waits for its turn, which comes soon: nobody keeps the ring for longer than a batch. */
    @SuppressWarnings("ThreadPriorityCheck") // Only politeness towards the holder.
    private void alone(Runnable action) {
        for (int looks = 0; !busy.compareAndSet(false, true); looks++) {
            if (looks < SPINS) {
                Thread.onSpinWait();
            } else {
                // Its holder may have lost its own processor.
                Thread.yield();
            }
        }
        try {
            if (!closed && !broken) {
                action.run();
            }
        } finally {
            busy.set(false);
        }
    }

    /** Whether {@link #sweep} has something to do from time to time. */
    boolean wantsSweep() {
        return sweepWanted;
    }

    /** Lets go files and buffers that nobody uses any more. */
    void sweep() {
        if (sweepWanted && busy.compareAndSet(false, true)) {
            try {
                if (!closed && !broken) {
                    files.dropIdle();
                    buffers.clearAgain();
                }
                sweepWanted = !broken && (files.hasIdle() || buffers.hasUncleared());
            } finally {
                busy.set(false);
            }
        }
    }

    /**
     * No channel is left that would use it; at most a sweep is under way. A broken one keeps all it
     * has, for the kernel may have it too (C12).
     */
    void close() {
        alone(() -> {
            closed = true;
            files.close();
            ring.close();
            arena.close();
        });
    }
}
