package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * A kernel in Java: rings, files, pipes and event descriptors that behave as those of Linux do, and
 * go wrong as a test wants it ({@link FakeFaults}). It moves bytes between its files and the
 * client's memory by address, and blocks in {@link #enter} as the real one.
 *
 * <p>One lock guards all of it. What a caller must never do is noted in {@link #misdeeds}: calls
 * with closed descriptors or by the wrong thread, rings closed or unmapped with entries in flight.
 */
final class FakeKernel implements UringCalls, AutoCloseable {
    private static final int EEXIST = 17;

    private final FakeLock lock = new FakeLock();
    private final FakeFaults faults = new FakeFaults();
    private final FakeFlight flight = new FakeFlight(lock, faults);
    private final Arena arena = Arena.ofShared();

    // Guarded by the lock.
    private final FakeDescriptors descriptors = new FakeDescriptors();
    private final FakeMappings mappings = new FakeMappings();
    private final List<String> misdeeds = new ArrayList<>();
    private int sleepers;

    // ---- Rings

    @Override
    public int setup(int entries, MemorySegment parameters) {
        return lock.locked(() -> {
            int no = faults.setup(parameters.get(ValueLayout.JAVA_INT, PARAMS_FLAGS));
            if (no < 0) {
                return no;
            }
            return descriptors.open(new FakeRing(arena, entries, parameters, faults.features()));
        });
    }

    @Override
    public int enter(int number, int offered, int completedMin, int flags, MemorySegment argument) {
        return onRing(
                number,
                "io_uring_enter",
                ring -> {
                    int most = faults.taken(ring, offered, completedMin > 0);
                    if (most < 0) {
                        return most;
                    }
                    int taken = submit(ring, Math.min(offered, most));
                    if (taken < offered || (flags & IORING_ENTER_GETEVENTS) == 0) {
                        return taken;
                    }
                    int waited = await(ring, completedMin, timeoutNanos(flags, argument));
                    return taken > 0 ? taken : waited;
                });
    }

    private int submit(FakeRing ring, int most) {
        ring.beginSubmission();
        int taken = 0;
        for (; taken < most; taken++) {
            FakeEntry entry = ring.take(flight, descriptors);
            if (entry == null) {
                break;
            }
            flight.begin(entry);
        }
        ring.endSubmission();
        if (taken > 0) {
            flight.settle();
        }
        return taken;
    }

    private int await(FakeRing ring, int completedMin, long timeoutNanos) {
        ring.flush();
        sleepers++;
        lock.signal();
        try {
            boolean there =
                    lock.await(
                            () -> {
                                ring.flush();
                                return ring.ready() >= completedMin;
                            },
                            timeoutNanos);
            return there ? 0 : -Errno.ETIME;
        } finally {
            sleepers--;
        }
    }

    /** How many threads wait in {@link #enter} for completions. Under the lock. */
    int sleepers() {
        return sleepers;
    }

    private static long timeoutNanos(int flags, MemorySegment argument) {
        if ((flags & IORING_ENTER_EXT_ARG) == 0) {
            return Long.MAX_VALUE;
        }
        long address = argument.get(ValueLayout.JAVA_LONG, GETEVENTS_ARG_TS);
        MemorySegment time = FakeMemory.at(address, TIMESPEC_SIZE);
        return TimeUnit.SECONDS.toNanos(time.get(ValueLayout.JAVA_LONG, 0))
                + time.get(ValueLayout.JAVA_LONG, TIMESPEC_NSEC);
    }

    @Override
    public int register(int number, int operation, MemorySegment argument, int count) {
        return onRing(
                number,
                "io_uring_register",
                ring -> {
                    int no = faults.register(operation, count);
                    if (no < 0) {
                        return no;
                    }
                    return switch (operation) {
                        case IORING_REGISTER_FILES2 -> {
                            int places = argument.get(ValueLayout.JAVA_INT, RSRC_REGISTER_NR);
                            yield ring.registerFiles(places);
                        }
                        case IORING_REGISTER_FILES -> registerEmpty(ring, argument, count);
                        case IORING_REGISTER_FILES_UPDATE -> update(ring, argument);
                        case IORING_REGISTER_BUFFERS2 -> {
                            int places = argument.get(ValueLayout.JAVA_INT, RSRC_REGISTER_NR);
                            yield ring.buffers().open(places);
                        }
                        case IORING_REGISTER_BUFFERS_UPDATE -> ring.buffers().update(argument);
                        default -> -Errno.EINVAL;
                    };
                });
    }

    /** The old way to a table; of files that are there at once nobody here makes use. */
    private int registerEmpty(FakeRing ring, MemorySegment numbers, int count) {
        for (int i = 0; i < count; i++) {
            if (numbers.getAtIndex(ValueLayout.JAVA_INT, i) != -1) {
                return misdeed("a table that begins with files", -Errno.EBADF);
            }
        }
        return ring.registerFiles(count);
    }

    private int update(FakeRing ring, MemorySegment argument) {
        int place = argument.get(ValueLayout.JAVA_INT, FILES_UPDATE_OFFSET);
        long list = argument.get(ValueLayout.JAVA_LONG, FILES_UPDATE_FDS);
        MemorySegment numbers = FakeMemory.at(list, Integer.BYTES);
        int number = numbers.get(ValueLayout.JAVA_INT, 0);
        FakeOpenFile file = descriptors.find(number);
        if (number != -1 && file == null) {
            return -Errno.EBADF;
        }
        int answer = ring.updateFile(place, file);
        flight.settle();
        return answer;
    }

    @Override
    public long map(int number, long offset, long lengthBytes) {
        return lock.locked(() -> {
            int no = faults.map(offset == IORING_OFF_SQ_RING ? 0 : 1);
            FakeOpenFile open = find(number, "mmap");
            if (no < 0 || open == null || !(open.file() instanceof FakeRing ring)) {
                return no < 0 ? (long) no : -Errno.EBADF;
            }
            return mappings.map(ring.memory(offset), lengthBytes);
        });
    }

    @Override
    public int unmap(long address, long lengthBytes) {
        return lock.locked(() -> {
            for (FakeEntry each : flight.entries()) {
                if (each.ring().isAt(address)) {
                    misdeeds.add("its ring was unmapped before the end of " + each);
                }
            }
            return mappings.unmap(address)
                    ? 0
                    : misdeed("munmap of what is not mapped", -Errno.EINVAL);
        });
    }

    @Override
    public MemorySegment view(long address, long lengthBytes) {
        return lock.locked(() -> mappings.view(address, lengthBytes));
    }

    private int onRing(int number, String call, ToIntFunction<FakeRing> action) {
        return onOpen(
                number,
                call,
                open -> {
                    if (!(open.file() instanceof FakeRing ring)) {
                        return misdeed(call + " on what is no ring", -Errno.EOPNOTSUPP);
                    }
                    return ring.isForeign()
                            ? misdeed(call + " by a thread that is not the ring's", -EEXIST)
                            : action.applyAsInt(ring);
                });
    }

    // ---- Descriptors

    @Override
    public int eventfd(int initial, boolean semaphore) {
        return lock.locked(() -> {
            int no = faults.eventfd();
            return no < 0 ? no : descriptors.open(new FakeEvent(initial, semaphore));
        });
    }

    @Override
    public int read(int number, MemorySegment target) {
        return transfer(number, target, true);
    }

    @Override
    public int write(int number, MemorySegment source) {
        return transfer(number, source, false);
    }

    @Override
    public int signal(int eventfd) {
        return onOpen(
                eventfd,
                "write(eventfd)",
                open -> {
                    if (!(open.file() instanceof FakeEvent event)) {
                        return misdeed("a signal to what is no event", -Errno.EINVAL);
                    }
                    int no = faults.signal(eventfd);
                    if (no < 0) {
                        return no;
                    }
                    event.signal();
                    flight.settle();
                    return Long.BYTES;
                });
    }

    @Override
    public int close(int number) {
        return onOpen(
                number,
                "close",
                open -> {
                    if (open.file() instanceof FakeRing ring && flight.isUsing(ring)) {
                        misdeeds.add("a ring was closed before the end of " + flight.entries());
                    }
                    descriptors.close(number);
                    flight.settle();
                    return 0;
                });
    }

    @Override
    public int duplicate(int number) {
        return onOpen(
                number,
                "fcntl(F_DUPFD_CLOEXEC)",
                open -> {
                    int no = faults.duplicate(number);
                    return no < 0 ? no : descriptors.share(open);
                });
    }

    // No misdeeds: the engine may find that its client has just closed these.

    @Override
    public int openFlags(int number) {
        return lock.locked(() -> {
            FakeOpenFile open = descriptors.find(number);
            return open == null ? -Errno.EBADF : open.file().openFlags();
        });
    }

    @Override
    public int mode(int number) {
        return lock.locked(() -> {
            int no = faults.mode(number);
            FakeOpenFile open = descriptors.find(number);
            if (no < 0 || open == null) {
                return no < 0 ? no : -Errno.EBADF;
            }
            return open.file().mode();
        });
    }

    @Override
    public int descriptorOf(Channel channel) {
        if (!(channel instanceof FakeChannel fake)) {
            return -Errno.EOPNOTSUPP;
        }
        return channel.isOpen() ? fake.number() : -Errno.EBADF;
    }

    private int onOpen(int number, String call, ToIntFunction<FakeOpenFile> action) {
        return lock.locked(() -> {
            FakeOpenFile open = find(number, call);
            return open == null ? -Errno.EBADF : action.applyAsInt(open);
        });
    }

    private @Nullable FakeOpenFile find(int number, String call) {
        FakeOpenFile open = descriptors.find(number);
        if (open == null) {
            misdeeds.add(call + " on " + number + ", which is closed");
        }
        return open;
    }

    private int misdeed(String what, int answer) {
        misdeeds.add(what);
        return answer;
    }

    // ---- For tests

    FakeFaults faults() {
        return faults;
    }

    FakeFlight flight() {
        return flight;
    }

    FakeLock lock() {
        return lock;
    }

    /** Opens a file of the fake's own. */
    int open(FakeFile file) {
        return lock.locked(() -> descriptors.open(file));
    }

    /** {@code read(2)} or {@code write(2)} by a test, without waiting. */
    int transfer(int number, MemorySegment memory, boolean reading) {
        return onOpen(
                number,
                reading ? "read" : "write",
                open -> {
                    FakeFile file = open.file();
                    int count = reading ? file.read(memory, 0) : file.write(memory, 0);
                    flight.settle();
                    return count;
                });
    }

    /** What callers did that must not be. */
    List<String> misdeeds() {
        return lock.locked(() -> List.copyOf(misdeeds));
    }

    /** All that are open: files, rings, event descriptors. */
    int descriptorCount() {
        return lock.locked(descriptors::count);
    }

    /** Mappings of rings that are still there. */
    int mappingCount() {
        return lock.locked(mappings::count);
    }

    /** The memory of rings that a lost engine never gave back stays. */
    @Override
    public void close() {
        if (mappingCount() == 0) {
            arena.close();
        }
    }
}
