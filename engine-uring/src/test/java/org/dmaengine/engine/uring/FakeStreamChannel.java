package org.dmaengine.engine.uring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.WritableByteChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * The end of a pipe of the fake kernel as clients hold it. A test may read and write it too, and
 * never waits.
 */
final class FakeStreamChannel extends SelectableChannel
        implements ReadableByteChannel, WritableByteChannel, FakeChannel {
    private final FakeKernel kernel;
    private final int number;

    FakeStreamChannel(FakeKernel kernel, FakeFile end) {
        this.kernel = kernel;
        this.number = kernel.open(end);
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public int read(ByteBuffer target) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(target.remaining());
            int count = kernel.transfer(number, memory, true);
            if (count > 0) {
                target.put(memory.asSlice(0, count).asByteBuffer());
            }
            return count == -Errno.EAGAIN ? 0 : count;
        }
    }

    @Override
    public int write(ByteBuffer source) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(source.remaining());
            memory.asByteBuffer().put(source.duplicate());
            int count = kernel.transfer(number, memory, false);
            source.position(source.position() + Math.max(count, 0));
            return count == -Errno.EAGAIN ? 0 : count;
        }
    }

    @Override
    protected void implCloseChannel() {
        int answer = kernel.close(number);
        assert answer == 0 : "close answers " + answer;
    }

    @Override
    public boolean isBlocking() {
        return true;
    }

    @Override
    public Object blockingLock() {
        return this;
    }

    // Nobody selects on it.

    @Override
    public SelectorProvider provider() {
        return SelectorProvider.provider();
    }

    @Override
    public int validOps() {
        return 0;
    }

    @Override
    public boolean isRegistered() {
        return false;
    }

    @Override
    public SelectionKey keyFor(Selector selector) {
        throw new UnsupportedOperationException("not a channel of this machine");
    }

    @Override
    public SelectionKey register(Selector selector, int operations, Object attachment) {
        throw new UnsupportedOperationException("not a channel of this machine");
    }

    @Override
    public SelectableChannel configureBlocking(boolean block) {
        return this;
    }
}
