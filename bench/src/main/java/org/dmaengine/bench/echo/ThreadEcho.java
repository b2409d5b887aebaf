package org.dmaengine.bench.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A thread for each connection, and blocking calls: what it costs without any framework. */
final class ThreadEcho implements EchoServer {
    @Override
    public int listen(int messageBytes) throws IOException {
        return accept(socket -> echo(socket, messageBytes));
    }

    /** What to do with a connection, on a thread of its own. */
    interface Connection {
        void serve(SocketChannel socket) throws IOException;
    }

    /** Listens on a port that the system chooses. */
    static int accept(Connection connection) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        while (true) {
                            start(server.accept(), connection);
                        }
                    } catch (IOException failure) {
                        failure.printStackTrace();
                        System.exit(1);
                    }
                });
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private static void start(SocketChannel socket, Connection connection) throws IOException {
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try (socket) {
                        connection.serve(socket);
                    } catch (IOException failure) {
                        failure.printStackTrace();
                        System.exit(1);
                    }
                });
    }

    private static void echo(SocketChannel socket, int messageBytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(messageBytes);
        while (socket.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                socket.write(buffer);
            }
            buffer.clear();
        }
    }
}
