package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * One submission queue and one completion queue, shared with the kernel (io_uring(7)).
 *
 * <h2>Who writes what</h2>
 *
 * <pre>
 *   submission tail   we      release: the kernel that reads it sees the entries before it
 *   submission head   kernel  acquire: the places before it may be written again
 *   completion tail   kernel  acquire: who sees it sees the entries before it, and with an entry
 *                             the bytes that its transfer wrote (C17)
 *   completion head   we      release: our reads of the entries before it are over
 * </pre>
 *
 * Used by one thread at a time. A ring that defers its work to the submitter knows only the one
 * that opened it, its worker.
 */
final class Ring {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle SHARED = INT.varHandle();

    /** What the kernel has finished. */
    interface Completions {
        void completed(long userData, int result);
    }

    private final UringCalls calls;
    private final RingSetup.Opened opened;
    private final MemorySegment shared;
    private final MemorySegment entries;
    private final MemorySegment timeout;
    private final MemorySegment waitArgument;
    private final int entriesCount;
    private final int entryMask;
    private final int completionMask;
    private final int completionsOffset;
    private final int submissionHead;
    private final int submissionTail;
    private final int submissionFlags;
    private final int completionHead;
    private final int completionTail;
    private final boolean polledByKernel;

    // Entries up to here are written; the kernel is told when it is entered.
    private int tail;
    // Ours alone to write: read back from memory it would always be the same.
    private int head;

    /** Closes what was opened if there is no memory for it. */
    static Ring over(UringCalls calls, RingSetup.Opened opened) {
        try {
            return new Ring(calls, opened);
        } catch (RuntimeException | Error failed) {
            opened.close(calls);
            throw failed;
        }
    }

    private Ring(UringCalls calls, RingSetup.Opened opened) {
        this.calls = calls;
        this.opened = opened;
        MemorySegment parameters = opened.parameters();
        shared = opened.shared();
        entries = opened.entries();
        timeout = opened.timeout();
        waitArgument = opened.waitArgument();
        entriesCount = parameters.get(INT, PARAMS_SQ_ENTRIES);
        submissionHead = parameters.get(INT, PARAMS_SQ_OFF_HEAD);
        submissionTail = parameters.get(INT, PARAMS_SQ_OFF_TAIL);
        submissionFlags = parameters.get(INT, PARAMS_SQ_OFF_FLAGS);
        completionHead = parameters.get(INT, PARAMS_CQ_OFF_HEAD);
        completionTail = parameters.get(INT, PARAMS_CQ_OFF_TAIL);
        completionsOffset = parameters.get(INT, PARAMS_CQ_OFF_CQES);
        entryMask = shared.get(INT, parameters.get(INT, PARAMS_SQ_OFF_RING_MASK));
        completionMask = shared.get(INT, parameters.get(INT, PARAMS_CQ_OFF_RING_MASK));
        polledByKernel = opened.has(IORING_SETUP_SQPOLL);
        // The array says which entry stands at each place; here always the one of the same number.
        int array = parameters.get(INT, PARAMS_SQ_OFF_ARRAY);
        for (int i = 0; i < entriesCount; i++) {
            shared.set(INT, array + (long) i * Integer.BYTES, i);
        }
        tail = shared.get(INT, submissionTail);
        head = shared.get(INT, completionHead);
    }

    int descriptor() {
        return opened.descriptor();
    }

    /** How many completions fit into the ring before the kernel keeps them aside. */
    int completionsMax() {
        return completionMask + 1;
    }

    // ---- Submission

    /**
     * The next free entry.
     *
     * @return its place, for {@link #write}, or -1 if the kernel has not taken any of those before
     */
    long next() {
        // Acquire: what the kernel has taken it does not read any more.
        int taken = (int) SHARED.getAcquire(shared, (long) submissionHead);
        if (tail - taken == entriesCount) {
            return -1;
        }
        return (long) (tail & entryMask) * SQE_SIZE;
    }

    /** Fills the entry that {@link #next} gave, and counts it as written. */
    void write(
            long at,
            int operation,
            int flags,
            int descriptor,
            long offset,
            long address,
            int length,
            int operationFlags,
            long userData) {
        write(
                at,
                operation,
                flags,
                descriptor,
                offset,
                address,
                length,
                operationFlags,
                userData,
                0);
    }

    /** The same for memory that is registered. */
    void write(
            long at,
            int operation,
            int flags,
            int descriptor,
            long offset,
            long address,
            int length,
            int operationFlags,
            long userData,
            int bufferPlace) {
        // Word by word, each from its low end, as all processors here store them. What is not used
        // behind these stays 0, as the kernel gave it to us.
        entries.set(
                LONG,
                at,
                (long) operation << (SQE_OPCODE * Byte.SIZE)
                        | (long) flags << (SQE_FLAGS * Byte.SIZE)
                        | (long) descriptor << (SQE_FD * Byte.SIZE));
        entries.set(LONG, at + SQE_OFF, offset);
        entries.set(LONG, at + SQE_ADDR, address);
        entries.set(
                LONG,
                at + SQE_LEN,
                Integer.toUnsignedLong(length)
                        | (long) operationFlags << ((SQE_OP_FLAGS - SQE_LEN) * Byte.SIZE));
        entries.set(LONG, at + SQE_USER_DATA, userData);
        entries.set(LONG, at + SQE_BUF_INDEX, bufferPlace);
        tail++;
    }

    /** Entries that were written and the kernel has not taken yet. */
    int pending() {
        return tail - (int) SHARED.getAcquire(shared, (long) submissionHead);
    }

    /**
     * Takes back what was written and the kernel has not taken (E7). It looks at the tail only in
     * {@link #submit}, unless a thread of its own polls.
     *
     * @return how many entries, the last that were written
     */
    int withdraw() {
        assert !polledByKernel : "the kernel may be taking them";
        int count = pending();
        tail -= count;
        SHARED.setRelease(shared, (long) submissionTail, tail);
        return count;
    }

    /**
     * Hands over what was written, and lets the kernel work on what is ready.
     *
     * @return how many entries it took, or the negative number of an error; then nothing is lost,
     *     and the next call offers the same again
     */
    int submit() {
        return enter(0, MemorySegment.NULL, 0);
    }

    /**
     * The same, and waits until there is a completion.
     *
     * @param timeoutNanos how long at most; {@link Long#MAX_VALUE} is without end
     * @return as {@link #submit}; {@code -ETIME} when the time is over
     */
    int submitAndWait(long timeoutNanos) {
        if (timeoutNanos == Long.MAX_VALUE) {
            return enter(1, MemorySegment.NULL, 0);
        }
        timeout.set(LONG, 0, timeoutNanos / 1_000_000_000);
        timeout.set(LONG, TIMESPEC_NSEC, timeoutNanos % 1_000_000_000);
        return enter(1, waitArgument, IORING_ENTER_EXT_ARG);
    }

    private int enter(int completedMin, MemorySegment argument, int moreFlags) {
        // Release: with the tail the kernel sees the entries.
        SHARED.setRelease(shared, (long) submissionTail, tail);
        int flags = IORING_ENTER_GETEVENTS | moreFlags;
        if (polledByKernel) {
            // The full fence pairs with the one of the kernel's thread between its last look and
            // its sleep: either it sees the tail, or we see that it sleeps.
            VarHandle.fullFence();
            int state = (int) SHARED.getAcquire(shared, (long) submissionFlags);
            boolean asleep = (state & IORING_SQ_NEED_WAKEUP) != 0;
            if (!asleep && completedMin == 0 && (state & IORING_SQ_CQ_OVERFLOW) == 0) {
                return 0;
            }
            flags |= asleep ? IORING_ENTER_SQ_WAKEUP : 0;
        }
        return calls.enter(opened.descriptor(), pending(), completedMin, flags, argument);
    }

    // ---- Completion

    /** Whether a look at the completions would find some, now or after an {@link #submit}. */
    boolean hasCompletions() {
        return (int) SHARED.getAcquire(shared, (long) completionTail) != head
                || ((int) SHARED.getAcquire(shared, (long) submissionFlags)
                                & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW))
                        != 0;
    }

    /**
     * Tells all completions that are there now.
     *
     * @return how many
     */
    int reap(Completions to) {
        // Acquire: with the tail its entries are seen, and what their transfers wrote.
        int end = (int) SHARED.getAcquire(shared, (long) completionTail);
        int count = end - head;
        while (head != end) {
            long at = completionsOffset + (long) (head & completionMask) * CQE_SIZE;
            long userData = shared.get(LONG, at + CQE_USER_DATA);
            int result = shared.get(INT, at + CQE_RES);
            head++;
            to.completed(userData, result);
        }
        if (count > 0) {
            // Release: the kernel may write these places again.
            SHARED.setRelease(shared, (long) completionHead, head);
        }
        return count;
    }

    /** Only when every entry has its completion: closing proves nothing about the others (E1). */
    void close() {
        opened.close(calls);
    }
}
