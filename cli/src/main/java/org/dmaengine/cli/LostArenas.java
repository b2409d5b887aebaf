package org.dmaengine.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

/**
 * Reads of a socket that end in every way there is, and the memory they had. Where there is no
 * io_uring to write too late, stock Java still shows the opposite mistake: it never frees.
 */
final class LostArenas implements Demonstration {
    private final ServerSocketChannel server;

    private LostArenas(ServerSocketChannel server) {
        this.server = server;
    }

    static LostArenas open() {
        try {
            ServerSocketChannel server = ServerSocketChannel.open();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return new LostArenas(server);
        } catch (IOException failed) {
            throw failure(failed);
        }
    }

    @Override
    public DemoVariant variant() {
        return DemoVariant.socket;
    }

    @Override
    public String stock() {
        return "Arena.ofShared(), and reads of AsynchronousSocketChannel";
    }

    @Override
    public String library() {
        return "DmaArena, and reads of SocketChannel by engine 'cpu'";
    }

    @Override
    public void showStock(DemoSide side) {
        try {
            new StockSockets(server, side).show();
        } catch (IOException failed) {
            throw failure(failed);
        }
    }

    @Override
    public void showLibrary(DemoSide side) {
        try {
            new LibrarySockets(server, side).show();
        } catch (IOException failed) {
            throw failure(failed);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            throw failure(failed);
        }
    }

    private static CommandFailure failure(IOException failed) {
        return new CommandFailure("a socket of this machine to itself failed: " + failed, failed);
    }
}
