package org.dmaengine;

import org.dmaengine.PrepRefusedException.Reason;
import org.dmaengine.spi.Scheduler;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/**
 * A window onto foreign memory, with a scope of our own, over a pin that keeps the foreign arena
 * open.
 */
final class MappedBuffer implements DmaBuffer {
    private static final ClosePolicy POLICY = new ClosePolicy.Fail();

    private final MemorySegment view;
    private final MemoryOwner owner;

    private MappedBuffer(MemorySegment view, MemoryOwner owner) {
        this.view = view;
        this.owner = owner;
    }

    /**
     * @param engine told of the mapped memory; what it answers is run before the memory goes back
     */
    static DmaBuffer map(
            MemorySegment foreign,
            Scheduler scheduler,
            Function<? super MemorySegment, ? extends Runnable> engine) {
        Memory.requireMappable(foreign);
        if (MemoryOwner.of(foreign) != null) {
            throw new PrepRefusedException(
                    Reason.MEMORY,
                    "the memory is from a DmaArena or mapped already: use it as it is");
        }
        SegmentPin pin = SegmentPin.pin(foreign, scheduler);
        Arena window = Arena.ofShared();
        MemorySegment view = viewOf(foreign, window);
        Runnable unmap;
        try {
            unmap = engine.apply(view);
        } catch (Throwable refused) {
            window.close();
            pin.release();
            throw refused;
        }
        Runnable release =
                () -> {
                    // First, for it may be refused, while somebody is inside a call that was given
                    // the view: then nothing has changed, and the next close does all of it.
                    window.close();
                    unmap.run();
                    pin.release();
                };
        return new MappedBuffer(view, MemoryOwner.ofMapping(window.scope(), release));
    }

    @SuppressWarnings(
            "restricted") // The pin holds what the view shows for as long as the window lives.
    private static MemorySegment viewOf(MemorySegment foreign, Arena window) {
        MemorySegment view =
                MemorySegment.ofAddress(foreign.address())
                        .reinterpret(foreign.byteSize(), window, null);
        return foreign.isReadOnly() ? view.asReadOnly() : view;
    }

    @Override
    public MemorySegment segment() {
        return view;
    }

    @Override
    public void close() {
        owner.close(POLICY);
    }
}
