package org.dmaengine.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/**
 * As much of io_uring (linux/io_uring.h) as a program needs that reads through it: what stock Java
 * lets anybody write. One thread uses it, and stays: the kernel gives up the requests of a thread
 * that ends.
 */
final class NativeRing implements AutoCloseable {
    private static final int ENTRIES = 8;
    private static final int PARAMETERS_BYTES = 120;
    private static final int SUBMISSION_BYTES = 64;
    private static final int COMPLETION_BYTES = 16;
    private static final long SUBMISSIONS_OFFSET = 0x10000000;

    // One mapping for both rings, no entry lost, and reads without a vector: Linux 5.6.
    private static final int FEATURES = 1 | 1 << 1 | 1 << 3;
    private static final int ENTER_GETEVENTS = 1;
    private static final byte OP_ASYNC_CANCEL = 14;
    private static final byte OP_READ = 22;

    private static final int EPERM = 1;
    private static final int ENOMEM = 12;
    private static final int ENOSYS = 38;
    private static final Path SYSCTL = Path.of("/proc/sys/kernel/io_uring_disabled");

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle SHARED = INT.varHandle();
    private static final long PAUSE_NANOS = 200_000;

    private final LinuxCalls linux;
    private final int descriptor;
    private final MemorySegment rings;
    private final MemorySegment submissions;
    // Where the parameters say that things are.
    private final int submissionTail;
    private final int submissionMask;
    private final int submissionArray;
    private final int completionHead;
    private final int completionTail;
    private final int completionMask;
    private final int completions;

    // Every request has a number of its own; the results of those that are over, by that number.
    private final Map<Long, Integer> results = new HashMap<>();
    private long requests;

    private NativeRing(LinuxCalls linux, int descriptor, MemorySegment parameters)
            throws RingUnavailable {
        this.linux = linux;
        this.descriptor = descriptor;
        submissionTail = parameters.get(INT, 44);
        submissionMask = parameters.get(INT, 48);
        submissionArray = parameters.get(INT, 64);
        completionHead = parameters.get(INT, 80);
        completionTail = parameters.get(INT, 84);
        completionMask = parameters.get(INT, 88);
        completions = parameters.get(INT, 100);
        int entries = parameters.get(INT, 0);
        long end = completions + (long) parameters.get(INT, 4) * COMPLETION_BYTES;
        rings = map(0, Math.max(end, submissionArray + (long) entries * Integer.BYTES));
        submissions = map(SUBMISSIONS_OFFSET, (long) entries * SUBMISSION_BYTES);
    }

    static NativeRing open(LinuxCalls linux) throws RingUnavailable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = arena.allocate(PARAMETERS_BYTES, Long.BYTES);
            int descriptor = linux.ringSetup(ENTRIES, parameters);
            if (descriptor < 0) {
                throw new RingUnavailable(reason(-descriptor, sysctl()));
            }
            if ((parameters.get(INT, 20) & FEATURES) != FEATURES) {
                linux.close(descriptor);
                throw new RingUnavailable("this kernel's io_uring is older than Linux 5.6");
            }
            return new NativeRing(linux, descriptor, parameters);
        }
    }

    static String reason(int error, String sysctl) {
        return switch (error) {
            case ENOSYS ->
                    "io_uring_setup answers ENOSYS: the kernel has none, or a sandbox hides it";
            case EPERM ->
                    sysctl.isEmpty() || sysctl.equals("0")
                            ? "io_uring_setup answers EPERM: a seccomp filter forbids it, as in"
                                    + " many containers; allow io_uring_setup and io_uring_enter in"
                                    + " its profile"
                            : "io_uring_setup answers EPERM: it is switched off; the remedy is"
                                    + " sysctl kernel.io_uring_disabled=0, which is now "
                                    + sysctl;
            case ENOMEM ->
                    "io_uring_setup answers ENOMEM: too little memory may be locked; raise ulimit"
                            + " -l";
            default -> "io_uring_setup answers error " + error;
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

    private MemorySegment map(long offset, long lengthBytes) throws RingUnavailable {
        long address = linux.map(descriptor, offset, lengthBytes);
        if (address < 0) {
            linux.close(descriptor);
            throw new RingUnavailable("the rings could not be mapped: error " + -address);
        }
        return LinuxCalls.view(address, lengthBytes);
    }

    /** Submits a read into a raw address, and returns its number. */
    long read(int source, long address, int lengthBytes) {
        return submit(OP_READ, source, address, lengthBytes);
    }

    /** Asks the kernel to give up a request, and returns the number of that wish. */
    long cancel(long request) {
        return submit(OP_ASYNC_CANCEL, -1, request, 0);
    }

    private long submit(byte operation, int source, long address, int lengthBytes) {
        long request = ++requests;
        int tail = rings.get(INT, submissionTail);
        int index = tail & rings.get(INT, submissionMask);
        MemorySegment entry =
                submissions
                        .asSlice((long) index * SUBMISSION_BYTES, SUBMISSION_BYTES)
                        .fill((byte) 0);
        entry.set(ValueLayout.JAVA_BYTE, 0, operation);
        entry.set(INT, 4, source);
        entry.set(LONG, 16, address);
        entry.set(INT, 24, lengthBytes);
        entry.set(LONG, 32, request);
        rings.set(INT, submissionArray + (long) index * Integer.BYTES, index);
        // Release: with the tail the kernel sees the entry.
        SHARED.setRelease(rings, (long) submissionTail, tail + 1);
        int taken = linux.ringEnter(descriptor, 1, 0, 0);
        if (taken != 1) {
            throw new CommandFailure("io_uring_enter took no request: it returned " + taken);
        }
        return request;
    }

    /** The result of a request, if the kernel has said that it is over. */
    OptionalInt result(long request) {
        int head = rings.get(INT, completionHead);
        // Acquire: with the tail its entries are seen.
        int tail = (int) SHARED.getAcquire(rings, (long) completionTail);
        for (; head != tail; head++) {
            int index = head & rings.get(INT, completionMask);
            long entry = completions + (long) index * COMPLETION_BYTES;
            results.put(rings.get(LONG, entry), rings.get(INT, entry + Long.BYTES));
        }
        // Release: the kernel may use the places of the entries that were read.
        SHARED.setRelease(rings, (long) completionHead, head);
        Integer known = results.get(request);
        return known == null ? OptionalInt.empty() : OptionalInt.of(known);
    }

    /** The same once it is over, or empty at the deadline. */
    OptionalInt await(long request, Duration timeout) {
        long begun = System.nanoTime();
        OptionalInt known = result(request);
        while (known.isEmpty() && System.nanoTime() - begun < timeout.toNanos()) {
            // Lets the kernel finish what it does on the thread that submitted.
            linux.ringEnter(descriptor, 0, 0, ENTER_GETEVENTS);
            LockSupport.parkNanos(PAUSE_NANOS);
            known = result(request);
        }
        return known;
    }

    /** Only when every read has its result: closing proves nothing about those in flight. */
    @Override
    public void close() {
        linux.unmap(submissions);
        linux.unmap(rings);
        linux.close(descriptor);
    }
}
