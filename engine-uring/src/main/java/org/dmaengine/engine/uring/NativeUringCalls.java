package org.dmaengine.engine.uring;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.channels.Channel;
import java.util.Set;

/**
 * The calls into Linux, every one through libc's {@code syscall} with six arguments, in the shape
 * of {@link ForeignCall}. The restricted calls of the module are here and, as far as they concern
 * the virtual machine itself, in {@link PrivateFields}.
 *
 * <p>Addresses are passed as numbers: whoever passes a segment keeps its arena open for the time of
 * the call, and longer where the kernel does.
 */
final class NativeUringCalls implements UringCalls {
    private static final String X86 = "amd64";
    // They have the numbers of asm-generic/unistd.h; x86 has some of its own.
    private static final Set<String> GENERIC = Set.of("aarch64", "riscv64");

    // linux/fcntl.h, linux/stat.h, sys/eventfd.h, sys/mman.h; compared by LayoutTest.
    static final int F_GETFL = 3;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int EFD_CLOEXEC = 02000000;
    static final int EFD_SEMAPHORE = 1;
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;
    static final int MAP_POPULATE = 0x8000;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_STATX_DONT_SYNC = 0x4000;
    static final int STATX_TYPE = 1;
    static final int STATX_MODE = 2;
    static final int STATX_SIZE = 256;
    static final int STATX_STX_MODE = 28;

    /** Found on the first use; a constant, so that calls are fast. */
    private static final class Libc {
        private static final MemorySegment SYSCALL =
                Linker.nativeLinker().defaultLookup().findOrThrow("syscall");
    }

    // Guarded by the class.
    private static @Nullable NativeUringCalls linked;

    // Never freed, as this object is not.
    private final MemorySegment one = Arena.global().allocateFrom(ValueLayout.JAVA_LONG, 1);
    private final MemorySegment emptyPath = Arena.global().allocateFrom("");
    private final ErrnoCells cells = new ErrnoCells(ForeignCall.STATE);
    private final boolean x86;
    private final ChannelDescriptors descriptors;

    private NativeUringCalls(boolean x86, ChannelDescriptors descriptors) {
        this.x86 = x86;
        this.descriptors = descriptors;
    }

    /** The calls of this process. The first time takes some 50 ms. */
    static synchronized NativeUringCalls link() throws UringUnavailable {
        NativeUringCalls calls = linked;
        if (calls == null) {
            boolean x86 = checkArchitecture();
            checkAccess();
            calls = new NativeUringCalls(x86, ChannelDescriptors.connect());
            calls.rehearse();
            linked = calls;
        }
        return calls;
    }

    /**
     * Makes calls of each kind. Java prepares on first use what they need of its own and of this
     * module's classes; where the stack of a client's thread ends before that is done, it is
     * unusable for as long as the process lives.
     */
    private void rehearse() {
        int event = eventfd(0, false);
        int flags = openFlags(event);
        boolean direct = flags >= 0 && (flags & IoUring.O_DIRECT) != 0;
        assert !direct : "an event descriptor for direct I/O";
        mode(event);
        signal(event);
        close(event);
        // One that fails, if none has.
        close(-1);
    }

    /** Whether this is x86. */
    private static boolean checkArchitecture() throws UringUnavailable {
        String system = System.getProperty("os.name");
        String architecture = System.getProperty("os.arch");
        boolean x86 = architecture.equals(X86);
        if (!system.equals("Linux") || !(x86 || GENERIC.contains(architecture))) {
            throw new UringUnavailable(
                    "this is " + system + " on " + architecture,
                    "run it on Linux on 64-bit x86, ARM or RISC-V, or take another engine");
        }
        return x86;
    }

    @SuppressWarnings("restricted") // Nothing is reached through an empty segment.
    private static void checkAccess() throws UringUnavailable {
        try {
            MemorySegment.NULL.reinterpret(0);
        } catch (IllegalCallerException refused) {
            Module module = NativeUringCalls.class.getModule();
            throw new UringUnavailable(
                    "Java does not allow foreign calls here (" + refused.getMessage() + ")",
                    "start Java with --enable-native-access="
                            + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
        }
    }

    @Override
    public int setup(int entries, MemorySegment parameters) {
        try {
            return (int) call(425, entries, parameters.address(), 0, 0, 0, 0);
        } finally {
            Reference.reachabilityFence(parameters);
        }
    }

    @Override
    public int enter(int ring, int submitted, int completedMin, int flags, MemorySegment argument) {
        long address = argument.address();
        long size = argument.byteSize();
        try {
            return (int) call(426, ring, submitted, completedMin, flags, address, size);
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    @Override
    public int register(int ring, int operation, MemorySegment argument, int count) {
        try {
            return (int) call(427, ring, operation, argument.address(), count, 0, 0);
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    @Override
    public long map(int ring, long offset, long lengthBytes) {
        long protection = PROT_READ | PROT_WRITE;
        long flags = MAP_SHARED | MAP_POPULATE;
        return call(x86 ? 9 : 222, 0, lengthBytes, protection, flags, ring, offset);
    }

    @Override
    public int unmap(long address, long lengthBytes) {
        return (int) call(x86 ? 11 : 215, address, lengthBytes, 0, 0, 0, 0);
    }

    @Override
    @SuppressWarnings("restricted") // The kernel has mapped it, so long.
    public MemorySegment view(long address, long lengthBytes) {
        return MemorySegment.ofAddress(address).reinterpret(lengthBytes);
    }

    @Override
    public int eventfd(int initial, boolean semaphore) {
        long flags = semaphore ? EFD_CLOEXEC | EFD_SEMAPHORE : EFD_CLOEXEC;
        return (int) call(x86 ? 290 : 19, Integer.toUnsignedLong(initial), flags, 0, 0, 0, 0);
    }

    @Override
    public int signal(int eventfd) {
        return write(eventfd, one);
    }

    @Override
    public int read(int descriptor, MemorySegment target) {
        try {
            return (int)
                    call(x86 ? 0 : 63, descriptor, target.address(), target.byteSize(), 0, 0, 0);
        } finally {
            Reference.reachabilityFence(target);
        }
    }

    @Override
    public int write(int descriptor, MemorySegment source) {
        try {
            return (int)
                    call(x86 ? 1 : 64, descriptor, source.address(), source.byteSize(), 0, 0, 0);
        } finally {
            Reference.reachabilityFence(source);
        }
    }

    @Override
    public int close(int descriptor) {
        return (int) call(x86 ? 3 : 57, descriptor, 0, 0, 0, 0, 0);
    }

    @Override
    public int duplicate(int descriptor) {
        return control(descriptor, F_DUPFD_CLOEXEC);
    }

    @Override
    public int openFlags(int descriptor) {
        return control(descriptor, F_GETFL);
    }

    private int control(int descriptor, int command) {
        return (int) call(x86 ? 72 : 25, descriptor, command, 0, 0, 0, 0);
    }

    @Override
    public int mode(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(STATX_SIZE, Long.BYTES);
            int result =
                    (int)
                            call(
                                    x86 ? 332 : 291,
                                    descriptor,
                                    emptyPath.address(),
                                    // The kind of an open file never changes: no server is asked.
                                    AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
                                    STATX_TYPE | STATX_MODE,
                                    status.address(),
                                    0);
            return result < 0
                    ? result
                    : Short.toUnsignedInt(status.get(ValueLayout.JAVA_SHORT, STATX_STX_MODE));
        }
    }

    @Override
    public int descriptorOf(Channel channel) {
        return descriptors.of(channel);
    }

    private long call(long number, long a, long b, long c, long d, long e, long f) {
        MemorySegment state = cells.take();
        try {
            long result =
                    (long)
                            ForeignCall.SHAPE.invokeExact(
                                    Libc.SYSCALL, state, number, a, b, c, d, e, f);
            return result == -1 ? -ForeignCall.errno(state) : result;
        } catch (RuntimeException | Error raised) {
            throw raised;
        } catch (Throwable impossible) {
            throw new AssertionError("a foreign call throws nothing checked", impossible);
        } finally {
            cells.giveBack(state);
        }
    }
}
