package org.dmaengine;

import org.dmaengine.PrepRefusedException.Reason;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Keeps the arena of a foreign segment open (C16), whatever kind of arena it is.
 *
 * <p>The JDK holds an arena open while a foreign call runs that was given a segment of it, and has
 * no other public pin. So a keeper thread calls libc's {@code bsearch(key = segment, base =
 * segment, 1, 1, comparator)} (stdlib.h) and parks inside the comparator until released: closing
 * the arena meanwhile fails. A pin costs a parked thread, so it is taken once per mapping and never
 * per transfer.
 */
final class SegmentPin {
    private enum State {
        STARTING,
        HELD,
        RELEASED,
        GONE,
        FAILED
    }

    /** The linked call; made on the first mapping, for linking takes some 100 ms. */
    private record Native(MethodHandle bsearch, MemorySegment comparator) {
        // Guarded by the monitor of this class.
        private static @Nullable Native linked;

        /** No class initializer: one that fails says why the first time only. */
        static synchronized Native get() throws ReflectiveOperationException {
            Native known = linked;
            if (known == null) {
                known = new Native(link(), comparatorStub());
                linked = known;
            }
            return known;
        }

        @SuppressWarnings("restricted") // bsearch touches nothing but what the comparator touches.
        private static MethodHandle link() {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("bsearch"),
                    FunctionDescriptor.of(
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS));
        }

        @SuppressWarnings("restricted") // The stub lives as long as the process.
        private static MemorySegment comparatorStub() throws ReflectiveOperationException {
            MethodHandle hold =
                    MethodHandles.lookup()
                            .findStatic(
                                    SegmentPin.class,
                                    "compare",
                                    MethodType.methodType(
                                            int.class, MemorySegment.class, MemorySegment.class));
            return Linker.nativeLinker()
                    .upcallStub(
                            hold,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                            Arena.global());
        }
    }

    // The pin whose keeper the calling thread is: the comparator gets nothing but addresses.
    private static final ThreadLocal<SegmentPin> CURRENT = new ThreadLocal<>();

    private final MemorySegment segment;
    private final Scheduler scheduler;

    // Who waits for the keeper: first the thread that pins, later the one that releases. Volatile:
    // written by those before they look at state, read by the keeper after it wrote state.
    private volatile Thread waiter;

    // Volatile: STARTING to HELD or FAILED by the keeper, HELD to RELEASED by whoever unmaps, then
    // to GONE by the keeper.
    private volatile State state = State.STARTING;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Thread keeper;

    private SegmentPin(MemorySegment segment, Scheduler scheduler) {
        this.segment = segment;
        this.scheduler = scheduler;
        this.waiter = Thread.currentThread();
    }

    /**
     * Pins, and returns when the arena is held.
     *
     * @throws PrepRefusedException if the arena is closed, or foreign calls are not allowed
     */
    static SegmentPin pin(MemorySegment segment, Scheduler scheduler) {
        SegmentPin pin = new SegmentPin(segment, scheduler);
        pin.keeper = scheduler.startNative("dma-pin", pin::keep);
        pin.awaitLeaving(State.STARTING);
        if (pin.state == State.FAILED) {
            Throwable why = pin.failure;
            throw new PrepRefusedException(
                    Reason.MEMORY,
                    "the segment could not be pinned: "
                            + why
                            + (why instanceof IllegalCallerException
                                    ? "; start Java with --enable-native-access=org.dmaengine"
                                    : ""));
        }
        return pin;
    }

    /** Lets go, and returns when the arena is free to be closed. */
    void release() {
        waiter = Thread.currentThread();
        state = State.RELEASED;
        Thread thread = keeper;
        assert thread != null : "released before it was held";
        scheduler.unpark(thread);
        awaitLeaving(State.RELEASED);
    }

    private void awaitLeaving(State left) {
        boolean interrupted = false;
        while (state == left) {
            scheduler.park(Deadline.NONE);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep() {
        try {
            CURRENT.set(this);
            Native calls = Native.get();
            MemorySegment found =
                    (MemorySegment)
                            calls.bsearch()
                                    .invokeExact(segment, segment, 1L, 1L, calls.comparator());
            assert found.address() == segment.address() : "the comparator answers equal";
            state = State.GONE;
            scheduler.unpark(waiter);
        } catch (Throwable notPinned) {
            // A closed arena, or foreign calls that are not allowed: told to the caller of pin.
            failure = notPinned;
            state = State.FAILED;
            scheduler.unpark(waiter);
        }
    }

    /** Runs inside bsearch, and must not throw: an exception leaving an upcall ends the VM. */
    @SuppressWarnings("unused") // Called by bsearch.
    private static int compare(MemorySegment key, MemorySegment element) {
        CURRENT.get().hold();
        return 0;
    }

    private void hold() {
        state = State.HELD;
        scheduler.unpark(waiter);
        while (state == State.HELD) {
            scheduler.park(Deadline.NONE);
            // An interrupt would make every further park return at once.
            Thread.interrupted();
        }
    }
}
