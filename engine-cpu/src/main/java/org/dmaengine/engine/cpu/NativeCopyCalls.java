package org.dmaengine.engine.cpu;

import org.dmaengine.spi.Scheduler;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C library's memmove (string.h), for {@link CopyLoop}; the one file of this engine that makes
 * foreign calls. The engine works without: it is called only where this module, or the class path,
 * was granted native access, and where it was measured.
 *
 * <p>Linking takes some 100 ms, so it is done once for the process, by a thread of its own, when
 * the first long block comes by; until then blocks are moved without.
 */
final class NativeCopyCalls {
    /** The linked call: a class of its own, so that it is a constant for the compiler. */
    private static final class Memmove {
        static final MethodHandle HANDLE = link();

        @SuppressWarnings("restricted") // Checked before: see isAllowed.
        private static MethodHandle link() {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("memmove"),
                    FunctionDescriptor.ofVoid(
                            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        }
    }

    // Volatile: written once, under the class's monitor.
    private static volatile boolean asked;
    // Volatile: written once, by the thread that links.
    private static volatile boolean ready;

    private NativeCopyCalls() {}

    /** Whether it can be called by now. The first who asks has it linked. */
    static boolean isReady() {
        if (!asked) {
            ask();
        }
        return ready;
    }

    private static synchronized void ask() {
        if (!asked) {
            asked = true;
            if (isAllowed()) {
                // Of no engine, and so not on the scheduler of one.
                startLinking(Scheduler.system());
            }
        }
    }

    /** This is inside of somebody's copy, which must not fail for what would only be quicker. */
    static void startLinking(Scheduler scheduler) {
        try {
            scheduler.start("dma-cpu-link", NativeCopyCalls::link);
        } catch (OutOfMemoryError outOfThreads) {
            // Then nothing is ever ready, and blocks are moved without.
        }
    }

    private static boolean isAllowed() {
        return NativeCopyCalls.class.getModule().isNativeAccessEnabled()
                && System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    private static void link() {
        try {
            ready = Memmove.HANDLE != null;
        } catch (LinkageError absent) {
            // A C library without it: then nothing is ever ready.
            ready = false;
        }
    }

    /**
     * Copies. By address: the caller has looked that the memory is an arena's of ours, which is not
     * freed before the end of the transfer is reported (C16). Passing segments would count two
     * users of the arena up and down for each block, in a cache line that all workers share.
     */
    static void copy(
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            long bytes) {
        assert ready : "not linked";
        // The slices check the bounds; once compiled they are not allocated.
        long from = source.asSlice(sourceOffset, bytes).address();
        long to = target.asSlice(targetOffset, bytes).address();
        try {
            Memmove.HANDLE.invokeExact(to, from, bytes);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
