package org.dmaengine.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;

/**
 * Two ends of a stream: the near one is the engine's, the far one a thread of the test works. The
 * far one never blocks.
 */
final class Connection implements AutoCloseable {
    /** Small, so that writes do not fit and go on in parts. */
    private static final int SEND_BUFFER_BYTES = 8 << 10;

    private final SelectableChannel near;
    private final SelectableChannel far;

    private Connection(SelectableChannel near, SelectableChannel far) throws IOException {
        this.near = near;
        this.far = far;
        far.configureBlocking(false);
    }

    static Connection pipe(boolean nearReads) throws IOException {
        Pipe pipe = Pipe.open();
        return nearReads
                ? new Connection(pipe.source(), pipe.sink())
                : new Connection(pipe.sink(), pipe.source());
    }

    /** Over the loopback interface. */
    static Connection tcp() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel near = SocketChannel.open(server.getLocalAddress());
            SocketChannel far = server.accept();
            for (SocketChannel each : new SocketChannel[] {near, far}) {
                each.setOption(StandardSocketOptions.TCP_NODELAY, true);
                each.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
            }
            return new Connection(near, far);
        }
    }

    /**
     * Within this machine.
     *
     * @throws UnsupportedOperationException if it has no such sockets
     */
    static Connection unix() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(null);
            UnixDomainSocketAddress address = (UnixDomainSocketAddress) server.getLocalAddress();
            try {
                SocketChannel near = SocketChannel.open(address);
                return new Connection(near, server.accept());
            } finally {
                Files.deleteIfExists(address.getPath());
            }
        }
    }

    SelectableChannel near() {
        return near;
    }

    SelectableChannel far() {
        return far;
    }

    /** Whether its far end can go with a reset: nobody is asked, and what is on its way is lost. */
    boolean canReset() throws IOException {
        return far instanceof SocketChannel socket
                && socket.supportedOptions().contains(StandardSocketOptions.SO_LINGER)
                && !(socket.getRemoteAddress() instanceof UnixDomainSocketAddress);
    }

    void resetFar() throws IOException {
        setLinger(far);
        far.close();
    }

    /** Nothing more will be sent by one end; the other is to see all there was, and the end. */
    void finish(SelectableChannel sender) throws IOException {
        if (sender instanceof SocketChannel socket) {
            socket.shutdownOutput();
        } else {
            sender.close();
        }
    }

    /** Both ends, and at once: a port that waits in order to be polite could not be used again. */
    @Override
    public void close() throws IOException {
        setLinger(near);
        setLinger(far);
        near.close();
        far.close();
    }

    private static void setLinger(SelectableChannel channel) throws IOException {
        if (channel.isOpen()
                && channel instanceof SocketChannel socket
                && !(socket.getLocalAddress() instanceof UnixDomainSocketAddress)) {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
    }

    static ReadableByteChannel readable(SelectableChannel channel) {
        return (ReadableByteChannel) channel;
    }

    static WritableByteChannel writable(SelectableChannel channel) {
        return (WritableByteChannel) channel;
    }
}
