package org.dmaengine.cli;

/** A read of a pipe that outlives the memory it goes to. */
final class LateRead implements Demonstration {
    private final NativePipe pipe;
    private final NativeRing ring;

    private LateRead(NativePipe pipe, NativeRing ring) {
        this.pipe = pipe;
        this.ring = ring;
    }

    static LateRead open() throws RingUnavailable {
        LinuxCalls linux = LinuxCalls.link();
        NativeRing ring = NativeRing.open(linux);
        try {
            return new LateRead(NativePipe.open(linux), ring);
        } catch (RingUnavailable noPipe) {
            ring.close();
            throw noPipe;
        }
    }

    @Override
    public DemoVariant variant() {
        return DemoVariant.io_uring;
    }

    @Override
    public String stock() {
        return "Arena.ofShared(), and io_uring by foreign calls";
    }

    @Override
    public String library() {
        return "DmaArena, and engine 'cpu'";
    }

    @Override
    public void showStock(DemoSide side) {
        new StockRead(pipe, ring, side).show();
    }

    @Override
    public void showLibrary(DemoSide side) {
        new LibraryRead(side).show();
    }

    @Override
    public void close() {
        ring.close();
        pipe.close();
    }
}
