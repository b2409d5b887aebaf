package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;

/**
 * The kernel's side of one ring: it takes submissions from memory and writes completions into it,
 * with the acquires and releases that the kernel has there. Under the kernel's lock.
 */
final class FakeRing implements FakeFile {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle SHARED = INT.varHandle();

    // Where things stand in the shared memory: a cache line for each index, as in the kernel.
    private static final int SQ_HEAD = 0;
    private static final int SQ_TAIL = 64;
    private static final int CQ_HEAD = 128;
    private static final int CQ_TAIL = 192;
    private static final int SQ_MASK = 256;
    private static final int CQ_MASK = 260;
    private static final int SQ_DROPPED = 272;
    private static final int SQ_FLAGS = 276;
    private static final int CQ_OVERFLOW = 284;
    private static final int CQES = 320;

    private record Completion(long userData, int result) {}

    private final int entries;
    private final int completions;
    private final int setupFlags;
    private final Thread owner = Thread.currentThread();
    private final MemorySegment shared;
    private final MemorySegment submissions;
    private @Nullable FakeOpenFile[] files = new FakeOpenFile[0];

    private final FakeBuffers buffers = new FakeBuffers();

    // Work that is done when the submitter asks for it, and completions that found no place.
    private final ArrayDeque<Completion> deferred = new ArrayDeque<>();
    private final ArrayDeque<Completion> overflown = new ArrayDeque<>();
    private boolean submitting;
    private int overflows;

    /**
     * @param parameters {@code struct io_uring_params}, read and filled
     */
    FakeRing(Arena arena, int entriesAsked, MemorySegment parameters, int features) {
        entries = powerOfTwo(entriesAsked);
        setupFlags = parameters.get(INT, PARAMS_FLAGS);
        completions =
                (setupFlags & IORING_SETUP_CQSIZE) != 0
                        ? powerOfTwo(parameters.get(INT, PARAMS_CQ_ENTRIES))
                        : 2 * entries;
        int array = CQES + completions * CQE_SIZE;
        shared = arena.allocate(array + (long) entries * Integer.BYTES, 64);
        submissions = arena.allocate((long) entries * SQE_SIZE, 64);
        shared.set(INT, SQ_MASK, entries - 1);
        shared.set(INT, CQ_MASK, completions - 1);
        parameters.set(INT, PARAMS_SQ_ENTRIES, entries);
        parameters.set(INT, PARAMS_CQ_ENTRIES, completions);
        parameters.set(INT, PARAMS_FEATURES, features);
        parameters.set(INT, PARAMS_SQ_OFF_HEAD, SQ_HEAD);
        parameters.set(INT, PARAMS_SQ_OFF_TAIL, SQ_TAIL);
        parameters.set(INT, PARAMS_SQ_OFF_RING_MASK, SQ_MASK);
        parameters.set(INT, PARAMS_SQ_OFF_FLAGS, SQ_FLAGS);
        parameters.set(INT, PARAMS_SQ_OFF_DROPPED, SQ_DROPPED);
        parameters.set(INT, PARAMS_SQ_OFF_ARRAY, array);
        parameters.set(INT, PARAMS_CQ_OFF_HEAD, CQ_HEAD);
        parameters.set(INT, PARAMS_CQ_OFF_TAIL, CQ_TAIL);
        parameters.set(INT, PARAMS_CQ_OFF_RING_MASK, CQ_MASK);
        parameters.set(INT, PARAMS_CQ_OFF_OVERFLOW, CQ_OVERFLOW);
        parameters.set(INT, PARAMS_CQ_OFF_CQES, CQES);
    }

    private static int powerOfTwo(int atLeast) {
        return Integer.highestOneBit(2 * atLeast - 1);
    }

    MemorySegment memory(long offset) {
        return offset == IORING_OFF_SQ_RING ? shared : submissions;
    }

    /** Whether a part of its memory is there. */
    boolean isAt(long address) {
        return shared.address() == address || submissions.address() == address;
    }

    FakeBuffers buffers() {
        return buffers;
    }

    /** Whether its completions are asked for, and only for direct reads and writes. */
    boolean isPolled() {
        return has(IORING_SETUP_IOPOLL);
    }

    private boolean has(int setupFlag) {
        return (setupFlags & setupFlag) != 0;
    }

    /** Whether the caller is a thread that the ring does not know. */
    boolean isForeign() {
        return has(IORING_SETUP_SINGLE_ISSUER) && !Thread.currentThread().equals(owner);
    }

    // ---- Submission

    /** The next entry, taken out; null if there is none. */
    @Nullable FakeEntry take(FakeFlight flight, FakeDescriptors open) {
        int head = shared.get(INT, SQ_HEAD);
        // Acquire: with the tail its entries are seen.
        if (head == (int) SHARED.getAcquire(shared, (long) SQ_TAIL)) {
            return null;
        }
        long array = CQES + (long) completions * CQE_SIZE;
        int place = shared.get(INT, array + (long) (head & (entries - 1)) * Integer.BYTES);
        FakeEntry entry = new FakeEntry(submissions, (long) place * SQE_SIZE, this, flight, open);
        // Release: our reads of the entry are over.
        SHARED.setRelease(shared, (long) SQ_HEAD, head + 1);
        return entry;
    }

    /** What is over between these two calls is told at once, even where work is deferred. */
    void beginSubmission() {
        submitting = true;
    }

    void endSubmission() {
        submitting = false;
    }

    // ---- Completion

    void post(long userData, int result) {
        Completion completion = new Completion(userData, result);
        if (has(IORING_SETUP_DEFER_TASKRUN) && !submitting) {
            deferred.add(completion);
            raise(IORING_SQ_TASKRUN);
        } else {
            push(completion);
        }
    }

    /** Does what is done when the submitter asks for completions. */
    void flush() {
        while (!overflown.isEmpty() && ready() < completions) {
            write(overflown.remove());
        }
        if (overflown.isEmpty()) {
            lower(IORING_SQ_CQ_OVERFLOW);
        }
        lower(IORING_SQ_TASKRUN);
        while (!deferred.isEmpty()) {
            push(deferred.remove());
        }
    }

    /** Completions in the ring that nobody has reaped. */
    int ready() {
        // Acquire: the reads of what was reaped are over.
        return shared.get(INT, CQ_TAIL) - (int) SHARED.getAcquire(shared, (long) CQ_HEAD);
    }

    private void push(Completion completion) {
        if (overflown.isEmpty() && ready() < completions) {
            write(completion);
        } else {
            overflown.add(completion);
            overflows++;
            raise(IORING_SQ_CQ_OVERFLOW);
        }
    }

    private void write(Completion completion) {
        int tail = shared.get(INT, CQ_TAIL);
        long at = CQES + (long) (tail & (completions - 1)) * CQE_SIZE;
        shared.set(LONG, at + CQE_USER_DATA, completion.userData);
        shared.set(INT, at + CQE_RES, completion.result);
        shared.set(INT, at + CQE_FLAGS, 0);
        // Release: with the tail the entry is seen, and the bytes that were moved before it.
        SHARED.setRelease(shared, (long) CQ_TAIL, tail + 1);
    }

    private void raise(int flag) {
        SHARED.setRelease(shared, (long) SQ_FLAGS, shared.get(INT, SQ_FLAGS) | flag);
    }

    private void lower(int flag) {
        SHARED.setRelease(shared, (long) SQ_FLAGS, shared.get(INT, SQ_FLAGS) & ~flag);
    }

    /** How many completions found no place so far. */
    int overflows() {
        return overflows;
    }

    // ---- Registered files

    int registerFiles(int places) {
        if (files.length > 0) {
            return -Errno.EBUSY;
        }
        files = new FakeOpenFile[places];
        return 0;
    }

    /** Puts an open file into a place, or none. */
    int updateFile(int place, @Nullable FakeOpenFile file) {
        if (place < 0 || place >= files.length) {
            return -Errno.EINVAL;
        }
        FakeOpenFile before = files[place];
        files[place] = file == null ? null : file.refer();
        if (before != null) {
            before.release();
        }
        return 1;
    }

    @Nullable FakeOpenFile registered(int place) {
        return place >= 0 && place < files.length ? files[place] : null;
    }

    // ---- As a file

    @Override
    public int mode() {
        return 0600;
    }

    @Override
    public int read(MemorySegment target, long offset) {
        return -Errno.EINVAL;
    }

    @Override
    public int write(MemorySegment source, long offset) {
        return -Errno.EINVAL;
    }

    @Override
    public void closed() {
        for (int i = 0; i < files.length; i++) {
            updateFile(i, null);
        }
    }
}
