package org.dmaengine.engine.uring;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/** A socket of the fake kernel that can only be connected, which throws when a test says so. */
final class FakeSocketChannel extends SocketChannel implements FakeChannel {
    private final FakeKernel kernel;
    private final int number;

    // Written by a test before the command is issued.
    private @Nullable RuntimeException connecting;
    private @Nullable RuntimeException finishing;

    FakeSocketChannel(FakeKernel kernel, FakeFile end) {
        super(SelectorProvider.provider());
        this.kernel = kernel;
        this.number = kernel.open(end);
    }

    /** What the two calls of a connection throw. */
    void fail(@Nullable RuntimeException inConnect, @Nullable RuntimeException inFinishConnect) {
        connecting = inConnect;
        finishing = inFinishConnect;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public boolean connect(SocketAddress remote) {
        if (connecting != null) {
            throw connecting;
        }
        return false;
    }

    @Override
    public boolean finishConnect() {
        if (finishing != null) {
            throw finishing;
        }
        return true;
    }

    @Override
    public boolean isConnected() {
        return false;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    protected void implCloseSelectableChannel() {
        int answer = kernel.close(number);
        assert answer == 0 : "close answers " + answer;
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}

    // What no client of the engine needs.

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("not a socket of this machine");
    }

    @Override
    public SocketChannel bind(SocketAddress local) {
        throw unsupported();
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) {
        throw unsupported();
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        throw unsupported();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public SocketChannel shutdownInput() {
        throw unsupported();
    }

    @Override
    public SocketChannel shutdownOutput() {
        throw unsupported();
    }

    @Override
    public Socket socket() {
        throw unsupported();
    }

    @Override
    public SocketAddress getRemoteAddress() {
        throw unsupported();
    }

    @Override
    public SocketAddress getLocalAddress() {
        throw unsupported();
    }

    @Override
    public int read(ByteBuffer target) {
        throw unsupported();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw unsupported();
    }

    @Override
    public int write(ByteBuffer source) {
        throw unsupported();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw unsupported();
    }
}
