package org.dmaengine.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Set;

/**
 * System calls of Linux, every one through libc's {@code syscall} with six arguments, so that a
 * single call is linked. All restricted calls of the command line are in this file: for the
 * demonstration of what stock Java does, and for what no class of the JDK tells of a file.
 */
final class LinuxCalls {
    private static final String X86 = "amd64";
    // They have the numbers of asm-generic/unistd.h; x86 has some of its own.
    private static final Set<String> GENERIC = Set.of("aarch64", "riscv64");

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

    private static final long O_CLOEXEC = 02000000;
    private static final long O_NONBLOCK = 04000;
    private static final long AT_FDCWD = -100;
    private static final long SEEK_HOLE = 4;
    private static final long PROT_READ_WRITE = 3;
    private static final long MAP_SHARED = 1;

    private final MethodHandle syscall;
    private final boolean x86;

    private LinuxCalls(MethodHandle syscall, boolean x86) {
        this.syscall = syscall;
        this.x86 = x86;
    }

    /** Links, which takes some 100 ms. */
    static LinuxCalls link() throws RingUnavailable {
        String system = System.getProperty("os.name");
        String architecture = System.getProperty("os.arch");
        boolean x86 = architecture.equals(X86);
        boolean known = x86 || GENERIC.contains(architecture);
        if (!system.equals("Linux") || !known) {
            throw new RingUnavailable(
                    "io_uring is called on Linux on 64-bit x86, ARM and RISC-V only, and this is "
                            + system
                            + " on "
                            + architecture);
        }
        try {
            return new LinuxCalls(downcall(), x86);
        } catch (IllegalCallerException | UnsupportedOperationException refused) {
            throw new RingUnavailable(
                    "Java does not allow foreign calls here ("
                            + refused.getMessage()
                            + "); start it with --enable-native-access=org.dmaengine.cli");
        }
    }

    @SuppressWarnings("restricted") // Each method below answers for its arguments.
    private static MethodHandle downcall() {
        Linker linker = Linker.nativeLinker();
        ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(word, word, word, word, word, word, word, word),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
    }

    /** {@code io_uring_setup(2)}. A negative result is the error's number, here and below. */
    int ringSetup(int entries, MemorySegment parameters) {
        return (int) call(425, entries, parameters.address(), 0, 0, 0, 0);
    }

    /** {@code io_uring_enter(2)} without a signal mask. */
    int ringEnter(int ring, int submitted, int completedMin, int flags) {
        return (int) call(426, ring, submitted, completedMin, flags, 0, 0);
    }

    /** Two descriptors, to read from and to write to, that no child process inherits. */
    int pipe(MemorySegment twoInts) {
        return (int) call(x86 ? 293 : 59, twoInts.address(), O_CLOEXEC, 0, 0, 0, 0);
    }

    /** A descriptor of the file with this name; does not wait for a writer of a FIFO. */
    int openToRead(MemorySegment name) {
        long flags = O_CLOEXEC | O_NONBLOCK;
        return (int) call(x86 ? 257 : 56, AT_FDCWD, name.address(), flags, 0, 0, 0);
    }

    /** {@code lseek(2)}: where the first hole is, at the latest behind the last byte. */
    long seekHole(int descriptor) {
        return call(x86 ? 8 : 62, descriptor, 0, SEEK_HOLE, 0, 0, 0);
    }

    /** {@code syncfs(2)}. */
    int syncFileSystem(int descriptor) {
        return (int) call(x86 ? 306 : 267, descriptor, 0, 0, 0, 0, 0);
    }

    /** {@code lgetxattr(2)}: the length of the value, which is put into this memory. */
    long extendedAttribute(MemorySegment path, MemorySegment name, MemorySegment value) {
        return call(
                x86 ? 192 : 9,
                path.address(),
                name.address(),
                value.address(),
                value.byteSize(),
                0,
                0);
    }

    long write(int descriptor, MemorySegment bytes) {
        return call(x86 ? 1 : 64, descriptor, bytes.address(), bytes.byteSize(), 0, 0, 0);
    }

    int close(int descriptor) {
        return (int) call(x86 ? 3 : 57, descriptor, 0, 0, 0, 0, 0);
    }

    /** The address, or the negative number of an error. */
    long map(int descriptor, long offset, long lengthBytes) {
        return call(x86 ? 9 : 222, 0, lengthBytes, PROT_READ_WRITE, MAP_SHARED, descriptor, offset);
    }

    int unmap(MemorySegment mapped) {
        return (int) call(x86 ? 11 : 215, mapped.address(), mapped.byteSize(), 0, 0, 0, 0);
    }

    /** What {@link #map} has mapped; not to be touched after {@link #unmap}. */
    @SuppressWarnings("restricted") // The kernel has just mapped it, so long.
    static MemorySegment view(long address, long lengthBytes) {
        return MemorySegment.ofAddress(address).reinterpret(lengthBytes);
    }

    private long call(long number, long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = (long) syscall.invokeExact(state, number, a, b, c, d, e, f);
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (RuntimeException | Error raised) {
            throw raised;
        } catch (Throwable impossible) {
            throw new AssertionError("a foreign call throws nothing checked", impossible);
        }
    }
}
