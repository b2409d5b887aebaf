package org.dmaengine.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The three calls to Linux that Java has no words for. All restricted calls of the module are here.
 */
final class NativeCalls {
    // asm-generic/signal.h
    private static final int SIGCONT = 18;
    private static final int ESRCH = 3;
    private static final int SIGSTOP = 19;
    private static final int SIGKILL = 9;

    // linux/prctl.h
    private static final int PR_SET_PDEATHSIG = 1;

    // CPU_SETSIZE of sched.h
    private static final int CORES_MAX = 1024;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle AFFINITY =
            link("sched_setaffinity", ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
    private static final MethodHandle KILL = link("kill", ValueLayout.JAVA_INT);

    private NativeCalls() {}

    private static MethodHandle link(String name, ValueLayout... more) {
        return link(name, List.of(more), Linker.Option.captureCallState("errno"));
    }

    @SuppressWarnings("restricted") // The methods below answer for their arguments.
    private static MethodHandle link(
            String name, List<ValueLayout> more, Linker.Option... options) {
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(number, number)
                        .appendArgumentLayouts(more.toArray(ValueLayout[]::new)),
                options);
    }

    /**
     * {@code sched_setaffinity(2)}.
     *
     * @param thread the number of a thread of this system; 0 for the calling one
     */
    static void pin(int thread, int... cores) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(CORES_MAX / Byte.SIZE, Long.BYTES);
            for (int core : cores) {
                long at = core / Long.SIZE;
                long bits = mask.getAtIndex(ValueLayout.JAVA_LONG, at);
                mask.setAtIndex(ValueLayout.JAVA_LONG, at, bits | 1L << core % Long.SIZE);
            }
            MemorySegment state = arena.allocate(STATE);
            if ((int) AFFINITY.invokeExact(state, thread, mask.byteSize(), mask) != 0) {
                throw failed("sched_setaffinity of thread " + thread, state);
            }
        } catch (RuntimeException | Error raised) {
            throw raised;
        } catch (Throwable impossible) {
            throw new AssertionError("a foreign call throws nothing checked", impossible);
        }
    }

    /**
     * This process is killed when the thread that has started it ends, stopped or not. The calling
     * thread must last as long.
     */
    static void endWithStarter() {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle prctl =
                    link(
                            "prctl",
                            List.of(ValueLayout.JAVA_LONG),
                            Linker.Option.firstVariadicArg(1),
                            Linker.Option.captureCallState("errno"));
            MemorySegment state = arena.allocate(STATE);
            if ((int) prctl.invokeExact(state, PR_SET_PDEATHSIG, (long) SIGKILL) != 0) {
                throw failed("prctl", state);
            }
        } catch (RuntimeException | Error raised) {
            throw raised;
        } catch (Throwable impossible) {
            throw new AssertionError("a foreign call throws nothing checked", impossible);
        }
    }

    /** Takes the processor from all threads of a process, whatever they are at. */
    static void suspend(long process) {
        signal(process, SIGSTOP);
    }

    /** Gives it back. */
    static void resume(long process) {
        signal(process, SIGCONT);
    }

    /**
     * A process that has ended meanwhile uses no processor, and whoever waits for it learns why.
     */
    private static void signal(long process, int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            if ((int) KILL.invokeExact(state, Math.toIntExact(process), signal) != 0
                    && (int) ERRNO.get(state, 0L) != ESRCH) {
                throw failed("kill of process " + process, state);
            }
        } catch (RuntimeException | Error raised) {
            throw raised;
        } catch (Throwable impossible) {
            throw new AssertionError("a foreign call throws nothing checked", impossible);
        }
    }

    private static IllegalStateException failed(String what, MemorySegment state) {
        return new IllegalStateException(what + " failed: errno " + (int) ERRNO.get(state, 0L));
    }
}
