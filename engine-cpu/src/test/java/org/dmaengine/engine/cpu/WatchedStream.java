package org.dmaengine.engine.cpu;

import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;

/** A stream that tells when its mode is changed. It cannot be used: nobody gets to read it. */
final class WatchedStream extends SelectableChannel implements ReadableByteChannel {
    private final Object blockingLock = new Object();
    private final Runnable whenMadeNonBlocking;
    private final Runnable whenGivenBack;
    private volatile boolean blocking = true;
    private volatile boolean registersAtOnce;

    WatchedStream(Runnable whenMadeNonBlocking, Runnable whenGivenBack) {
        this.whenMadeNonBlocking = whenMadeNonBlocking;
        this.whenGivenBack = whenGivenBack;
    }

    /** From here on somebody registers it just before it would be made blocking. */
    void registerAtOnce() {
        registersAtOnce = true;
    }

    @Override
    public SelectableChannel configureBlocking(boolean block) {
        if (block && registersAtOnce) {
            throw new IllegalBlockingModeException();
        }
        blocking = block;
        if (block) {
            whenGivenBack.run();
        } else {
            whenMadeNonBlocking.run();
        }
        return this;
    }

    @Override
    public boolean isBlocking() {
        return blocking;
    }

    @Override
    public Object blockingLock() {
        return blockingLock;
    }

    @Override
    public SelectorProvider provider() {
        return SelectorProvider.provider();
    }

    @Override
    public int validOps() {
        return SelectionKey.OP_READ;
    }

    @Override
    public boolean isRegistered() {
        return false;
    }

    @Override
    public SelectionKey keyFor(Selector selector) {
        throw new AssertionError("it has no key");
    }

    @Override
    public SelectionKey register(Selector selector, int interest, Object attachment) {
        throw new AssertionError("nobody gets to use it");
    }

    @Override
    public int read(ByteBuffer into) {
        throw new AssertionError("nobody gets to use it");
    }

    @Override
    protected void implCloseChannel() {}
}
