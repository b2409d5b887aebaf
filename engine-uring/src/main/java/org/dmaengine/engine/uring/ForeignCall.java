package org.dmaengine.engine.uring;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The one shape of all foreign calls of this module, since each takes some 30 ms to link: seven
 * words in, one word out, {@code errno} kept. The words that a function does not take are 0: on the
 * architectures of the engine they travel in registers and at the caller's end of the stack, and
 * the function leaves them alone.
 *
 * <p>Linked on the first use.
 */
final class ForeignCall {
    /** What the call leaves {@code errno} in. */
    static final StructLayout STATE = Linker.Option.captureStateLayout();

    /**
     * Called with the function, {@link #STATE}, and seven words; a constant, so that it is fast.
     */
    static final MethodHandle SHAPE = link();

    private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

    private ForeignCall() {}

    @SuppressWarnings("restricted") // Whoever calls answers for the function and its arguments.
    private static MethodHandle link() {
        ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
        return Linker.nativeLinker()
                .downcallHandle(
                        FunctionDescriptor.of(word, word, word, word, word, word, word, word),
                        Linker.Option.firstVariadicArg(1),
                        Linker.Option.captureCallState("errno"));
    }

    static int errno(MemorySegment state) {
        return state.get(ValueLayout.JAVA_INT, ERRNO);
    }
}
