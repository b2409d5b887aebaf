package org.dmaengine.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;

/** A socket to which nobody sends: a read from it is inside a call with its memory, for ever. */
final class IdleSocket {
    // Guarded by this. Opened by the first read.
    private AsynchronousSocketChannel near;
    private SocketChannel far;

    /** Begins the only read that it does; the memory is in use when this returns. */
    synchronized void read(MemorySegment memory) throws IOException {
        if (near == null) {
            connect();
            var _ = near.read(memory.asByteBuffer());
        }
    }

    private void connect() throws IOException {
        near = AsynchronousSocketChannel.open();
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            near.connect(server.getLocalAddress()).get();
            far = server.accept();
        } catch (ExecutionException refused) {
            throw new IOException(refused.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException(stop);
        }
    }

    synchronized void close() {
        try {
            if (near != null) {
                near.close();
                far.close();
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
