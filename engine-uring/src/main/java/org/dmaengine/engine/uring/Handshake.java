package org.dmaengine.engine.uring;

import org.dmaengine.Command;
import org.dmaengine.Operation;
import org.dmaengine.TransferError;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * The commands that wait for the other end of a socket. The ring only waits, so that they are
 * stopped like anything else; the accepting and connecting itself is asked of Java's channel, which
 * has to know of it, in non-blocking mode, and at moments when it is over at once. Whatever such a
 * channel throws fails its command, and nothing else.
 */
final class Handshake {
    private Handshake() {}

    /** Before the first wait. */
    static void begin(Operation.PeripheralCommand operation) throws IOException {
        if (operation.command() instanceof Command.Connect(SocketAddress address)) {
            SocketChannel socket = (SocketChannel) operation.peripheral().channel();
            // The mode cannot be changed meanwhile.
            synchronized (socket.blockingLock()) {
                requireNonBlocking(socket);
                socket.connect(address);
            }
        }
    }

    /**
     * When the socket is ready.
     *
     * @return false if it was not, so that it has to be waited for again
     */
    static boolean finish(Operation.PeripheralCommand operation) throws IOException {
        return switch (operation.command()) {
            case Command.Accept accept ->
                    accept.attempt((ServerSocketChannel) operation.peripheral().channel());
            case Command.Connect _ -> {
                SocketChannel socket = (SocketChannel) operation.peripheral().channel();
                synchronized (socket.blockingLock()) {
                    requireNonBlocking(socket);
                    yield socket.finishConnect();
                }
            }
            case Command.Sync _,
                    Command.Allocate _,
                    Command.PunchHole _,
                    Command.ShutdownOutput _ ->
                    throw new IllegalStateException(operation + " does not wait for anybody");
        };
    }

    private static void requireNonBlocking(SocketChannel socket) {
        if (socket.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
    }

    /** Java tells most errors of a connection by its classes, and the rest by Linux' own words. */
    static TransferError error(Exception thrown, String verb) {
        String said = String.valueOf(thrown.getMessage());
        int errno =
                switch (thrown) {
                    case ClosedChannelException _ -> Errno.EBADF;
                    case NoRouteToHostException _ -> Errno.EHOSTUNREACH;
                    case ConnectException _ when said.startsWith("Connection refused") ->
                            Errno.ECONNREFUSED;
                    case ConnectException _ when said.startsWith("Connection timed out") ->
                            Errno.ETIMEDOUT;
                    default -> 0;
                };
        String message = errno == 0 ? thrown.toString() : Errno.describe(errno, verb);
        return new TransferError(errno, message, Optional.of(thrown));
    }
}
