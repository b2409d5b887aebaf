package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opens rings: with the best the kernel has, found by trying and not by its version, or with the
 * reason why there is none.
 */
final class RingSetup {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    /**
     * What makes a ring cheaper, the newest first: work done only when the submitter asks for it
     * (6.1), no interruption of the submitter for it (5.19), a submission that goes on behind a bad
     * entry (5.18).
     */
    private static final int[] MODES = {
        IORING_SETUP_SINGLE_ISSUER
                | IORING_SETUP_DEFER_TASKRUN
                | IORING_SETUP_TASKRUN_FLAG
                | IORING_SETUP_SUBMIT_ALL,
        IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL,
        IORING_SETUP_SUBMIT_ALL,
        0
    };

    private static final int[] MODES_FOR_ANY_THREAD = {
        IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SUBMIT_ALL, IORING_SETUP_SUBMIT_ALL, 0
    };

    private static final int[] MODES_POLLED = {
        IORING_SETUP_IOPOLL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_SUBMIT_ALL,
        IORING_SETUP_IOPOLL | IORING_SETUP_SUBMIT_ALL,
        IORING_SETUP_IOPOLL
    };

    // One mapping for both queues (5.4), no completion lost (5.5), entries that may be written
    // again once taken (5.5), waiting for readiness without a thread (5.7), waits with a deadline
    // (5.11).
    private static final int FEATURES =
            IORING_FEAT_SINGLE_MMAP
                    | IORING_FEAT_NODROP
                    | IORING_FEAT_SUBMIT_STABLE
                    | IORING_FEAT_FAST_POLL
                    | IORING_FEAT_EXT_ARG;

    private static final Path SYSCTL = Path.of("/proc/sys/kernel/io_uring_disabled");

    private RingSetup() {}

    /**
     * A ring's descriptor and memory.
     *
     * @param descriptor the ring
     * @param parameters as the kernel filled them
     * @param shared both queues
     * @param entries the submission entries
     * @param timeout a {@code struct __kernel_timespec} for waits
     * @param waitArgument a {@code struct io_uring_getevents_arg} that points to it
     * @param arena what our side of it is allocated from
     */
    record Opened(
            int descriptor,
            MemorySegment parameters,
            MemorySegment shared,
            MemorySegment entries,
            MemorySegment timeout,
            MemorySegment waitArgument,
            Arena arena) {

        boolean has(int setupFlag) {
            return (parameters.get(INT, PARAMS_FLAGS) & setupFlag) != 0;
        }

        void close(UringCalls calls) {
            calls.unmap(entries.address(), entries.byteSize());
            calls.unmap(shared.address(), shared.byteSize());
            calls.close(descriptor);
            arena.close();
        }
    }

    /**
     * Opens a ring.
     *
     * @param entries places for submissions; the kernel makes it a power of two
     * @param completions places for completions
     * @param sqPollIdleMillis how long a kernel thread polls the submissions after the last one; 0
     *     for no such thread
     */
    static Opened open(UringCalls calls, int entries, int completions, int sqPollIdleMillis)
            throws UringUnavailable {
        return open(calls, entries, completions, sqPollIdleMillis, MODES);
    }

    /** The same for a ring that different threads enter, one after the other. */
    static Opened openForAnyThread(UringCalls calls, int entries) throws UringUnavailable {
        return open(calls, entries, 2 * entries, 0, MODES_FOR_ANY_THREAD);
    }

    /** The same for a ring that is asked for its completions: direct reads and writes alone. */
    static Opened openPolled(UringCalls calls, int entries, int completions)
            throws UringUnavailable {
        return open(calls, entries, completions, 0, MODES_POLLED);
    }

    private static Opened open(
            UringCalls calls, int entries, int completions, int sqPollIdleMillis, int[] modes)
            throws UringUnavailable {
        Arena arena = Arena.ofShared();
        int descriptor = -1;
        try {
            MemorySegment parameters = arena.allocate(PARAMS_SIZE, Long.BYTES);
            descriptor = setup(calls, parameters, entries, completions, sqPollIdleMillis, modes);
            return map(calls, descriptor, parameters, arena);
        } catch (UringUnavailable | RuntimeException | Error refused) {
            if (descriptor >= 0) {
                calls.close(descriptor);
            }
            arena.close();
            throw refused;
        }
    }

    private static int setup(
            UringCalls calls,
            MemorySegment parameters,
            int entries,
            int completions,
            int sqPollIdleMillis,
            int[] modes)
            throws UringUnavailable {
        int answer = -Errno.EINVAL;
        int wanted = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
        for (int mode : modes) {
            boolean deferred = (mode & IORING_SETUP_DEFER_TASKRUN) != 0;
            if (sqPollIdleMillis > 0
                    && (mode & (IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG)) != 0) {
                // There the kernel's own thread submits.
                continue;
            }
            assert !deferred || sqPollIdleMillis == 0 : "deferred to a thread that never enters";
            parameters.fill((byte) 0);
            parameters.set(INT, PARAMS_CQ_ENTRIES, completions);
            parameters.set(
                    INT,
                    PARAMS_FLAGS,
                    wanted | mode | (sqPollIdleMillis > 0 ? IORING_SETUP_SQPOLL : 0));
            parameters.set(INT, PARAMS_SQ_THREAD_IDLE, sqPollIdleMillis);
            answer = calls.setup(entries, parameters);
            if (answer != -Errno.EINVAL) {
                break;
            }
        }
        if (answer < 0) {
            throw refusal(-answer, sysctl());
        }
        int missing = FEATURES & ~parameters.get(INT, PARAMS_FEATURES);
        if (missing != 0) {
            calls.close(answer);
            throw new UringUnavailable(
                    "this kernel's io_uring lacks features 0x"
                            + Integer.toHexString(missing)
                            + " of IORING_FEAT_*",
                    "use Linux 5.11 or newer");
        }
        return answer;
    }

    private static Opened map(
            UringCalls calls, int descriptor, MemorySegment parameters, Arena arena)
            throws UringUnavailable {
        int entries = parameters.get(INT, PARAMS_SQ_ENTRIES);
        long completionsEnd =
                parameters.get(INT, PARAMS_CQ_OFF_CQES)
                        + (long) parameters.get(INT, PARAMS_CQ_ENTRIES) * CQE_SIZE;
        long arrayEnd = parameters.get(INT, PARAMS_SQ_OFF_ARRAY) + (long) entries * Integer.BYTES;
        long sharedBytes = Math.max(completionsEnd, arrayEnd);
        long entriesBytes = (long) entries * SQE_SIZE;
        MemorySegment timeout = arena.allocate(TIMESPEC_SIZE, Long.BYTES);
        MemorySegment argument = arena.allocate(GETEVENTS_ARG_SIZE, Long.BYTES);
        argument.set(ValueLayout.JAVA_LONG, GETEVENTS_ARG_TS, timeout.address());
        long shared = requireMapped(calls.map(descriptor, IORING_OFF_SQ_RING, sharedBytes));
        long submissions = -1;
        try {
            submissions = requireMapped(calls.map(descriptor, IORING_OFF_SQES, entriesBytes));
            return new Opened(
                    descriptor,
                    parameters,
                    calls.view(shared, sharedBytes),
                    calls.view(submissions, entriesBytes),
                    timeout,
                    argument,
                    arena);
        } catch (UringUnavailable | RuntimeException | Error refused) {
            if (submissions >= 0) {
                calls.unmap(submissions, entriesBytes);
            }
            calls.unmap(shared, sharedBytes);
            throw refused;
        }
    }

    private static long requireMapped(long address) throws UringUnavailable {
        if (address < 0) {
            throw new UringUnavailable(
                    "the rings cannot be mapped: " + Errno.describe((int) -address, "mmap"),
                    "raise the limit of memory for this process");
        }
        return address;
    }

    static UringUnavailable refusal(int errno, String sysctl) {
        String reason = "io_uring_setup answers " + Errno.describe(errno, "io_uring_setup");
        return switch (errno) {
            case Errno.ENOSYS ->
                    new UringUnavailable(
                            reason, "use Linux 5.11 or newer, outside of a sandbox that hides it");
            case Errno.EPERM ->
                    sysctl.isEmpty() || sysctl.equals("0")
                            ? new UringUnavailable(
                                    reason + ": a seccomp filter forbids it",
                                    "allow io_uring_setup, io_uring_enter and io_uring_register in"
                                            + " the container's seccomp profile")
                            : new UringUnavailable(
                                    reason + ": kernel.io_uring_disabled is " + sysctl,
                                    "sysctl kernel.io_uring_disabled=0");
            case Errno.ENOMEM ->
                    new UringUnavailable(
                            reason,
                            "raise the limit of locked memory: ulimit -l, or systemd's"
                                    + " LimitMEMLOCK");
            case Errno.EMFILE, Errno.ENFILE ->
                    new UringUnavailable(reason, "raise the limit of open files: ulimit -n");
            default -> new UringUnavailable(reason, "see io_uring_setup(2)");
        };
    }

    /** The setting that may forbid it; empty where there is none. */
    private static String sysctl() {
        try {
            return Files.isReadable(SYSCTL) ? Files.readString(SYSCTL).strip() : "";
        } catch (IOException unreadable) {
            return "";
        }
    }
}
