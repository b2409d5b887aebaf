package org.dmaengine;

import org.dmaengine.PrepRefusedException.Reason;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;

/**
 * What every prep call checks about a peripheral, whatever the engine: that it can be read or
 * written, and that the offsets fit. Any thread may call.
 */
final class PeripheralAccess {
    /** A file that was found to be open in a direction; that never changes. */
    private record Known(FileChannel file, Direction direction) {}

    // The last one, for the hot path. Any thread may replace it.
    private volatile @Nullable Known known;

    /** Throws {@link PrepRefusedException} with the value and the way out. */
    void check(Operation operation) {
        switch (operation) {
            case Operation.PeripheralSg sg ->
                    check(sg.config(), sg.offsetBytes(), sg.lengthBytes());
            case Operation.Cyclic cyclic -> {
                requireStream(cyclic.config().peripheral());
                check(cyclic.config(), cyclic.config().offsetBytes(), cyclic.lengthBytes());
            }
            case Operation.PeripheralCommand(Peripheral peripheral, Command command) ->
                    check(peripheral, command);
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.Interrupt _ -> {}
        }
    }

    /** The end of the range must be a number. */
    static void requireOffset(long offsetBytes, long lengthBytes) {
        if (offsetBytes > Long.MAX_VALUE - lengthBytes) {
            throw new PrepRefusedException(
                    Reason.BOUNDS,
                    "file offset "
                            + offsetBytes
                            + " plus "
                            + lengthBytes
                            + " bytes overflows 64 bits");
        }
    }

    private void check(PeripheralConfig config, long offsetBytes, long lengthBytes) {
        requireOffset(offsetBytes, lengthBytes);
        switch (config.peripheral()) {
            case Peripheral.File(FileChannel file) -> requireFile(file, config.direction());
            case Peripheral.Stream(Channel endpoint) ->
                    requireDirection(endpoint, config.direction());
            case Peripheral.Blocking(Channel endpoint) ->
                    requireDirection(endpoint, config.direction());
            case Peripheral.Messages(ByteChannel endpoint) -> {
                if (endpoint instanceof DatagramChannel socket && !socket.isConnected()) {
                    throw new PrepRefusedException(
                            Reason.CAPABILITY,
                            socket + " has nobody to talk to; give it one with connect");
                }
            }
            case Peripheral.Listener(ServerSocketChannel listener) ->
                    throw new PrepRefusedException(
                            Reason.CAPABILITY,
                            listener
                                    + " carries no bytes; accept a connection with prepCommand and"
                                    + " Command.Accept");
        }
    }

    private static void requireStream(Peripheral peripheral) {
        if (peripheral instanceof Peripheral.Messages) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    peripheral
                            + " carries messages, each of its own length, and a period is filled"
                            + " in full; repeat prepPeripheralSg");
        }
    }

    private void check(Peripheral peripheral, Command command) {
        switch (command) {
            case Command.Sync _ -> requireFile(peripheral, command);
            case Command.Allocate _, Command.PunchHole _ ->
                    requireFile(requireFile(peripheral, command), Direction.MEM_TO_DEV);
            case Command.ShutdownOutput _ -> requireSocket(peripheral, command);
            case Command.Accept _ -> {
                if (!(peripheral instanceof Peripheral.Listener(ServerSocketChannel listener))) {
                    throw wrongPeripheral(peripheral, command, "a server socket");
                }
                requireBound(listener);
                requireNonBlocking(listener);
            }
            case Command.Connect connect -> {
                SocketChannel socket = requireSocket(peripheral, command);
                requireUnconnected(socket, connect);
                requireNonBlocking(socket);
            }
        }
    }

    private static SocketChannel requireSocket(Peripheral peripheral, Command command) {
        if (peripheral.channel() instanceof SocketChannel socket) {
            return socket;
        }
        throw wrongPeripheral(peripheral, command, "a stream socket");
    }

    private static void requireBound(ServerSocketChannel listener) {
        try {
            if (listener.getLocalAddress() == null) {
                throw new PrepRefusedException(
                        Reason.CAPABILITY,
                        listener + " has no address to be reached at; bind it first");
            }
        } catch (IOException closed) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY, listener + " cannot be accessed: " + closed);
        }
    }

    private static void requireUnconnected(SocketChannel socket, Command.Connect connect) {
        if (socket.isConnected() || socket.isConnectionPending()) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    socket + " is connected, or was left connecting; open another one");
        }
        if (connect.address() instanceof InetSocketAddress address && address.isUnresolved()) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    "%s was never looked up, and an engine does not; use new InetSocketAddress"
                            .formatted(address));
        }
    }

    private static void requireNonBlocking(SelectableChannel endpoint) {
        if (endpoint.isBlocking()) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    endpoint
                            + " is in blocking mode, where a call could not be stopped; call"
                            + " configureBlocking(false) first");
        }
    }

    private static FileChannel requireFile(Peripheral peripheral, Command command) {
        if (peripheral instanceof Peripheral.File(FileChannel file)) {
            return file;
        }
        throw wrongPeripheral(peripheral, command, "a file");
    }

    private static PrepRefusedException wrongPeripheral(
            Peripheral peripheral, Command command, String wanted) {
        return new PrepRefusedException(
                Reason.CAPABILITY, command + " is for " + wanted + ", and not for " + peripheral);
    }

    private void requireFile(FileChannel file, Direction direction) {
        Known last = known;
        boolean again = last != null && last.file.equals(file) && last.direction == direction;
        if (!again || !file.isOpen()) {
            requireDirection(file, direction);
            known = new Known(file, direction);
        }
    }

    private static void requireDirection(Channel endpoint, Direction direction) {
        boolean fits =
                direction == Direction.DEV_TO_MEM
                        ? endpoint instanceof ReadableByteChannel
                        : endpoint instanceof WritableByteChannel;
        if (!fits) {
            throw wrongDirection(endpoint, direction);
        }
    }

    /**
     * A file does not say how it was opened; an access of no bytes does. An interrupted caller must
     * not close the file by it, so the interrupt is put aside.
     */
    private static void requireDirection(FileChannel file, Direction direction) {
        boolean interrupted = Thread.interrupted();
        try {
            ByteBuffer nothing = ByteBuffer.allocate(0);
            int bytes =
                    direction == Direction.DEV_TO_MEM
                            ? file.read(nothing, 0)
                            : file.write(nothing, 0);
            assert bytes <= 0 : "an access of no bytes moved " + bytes;
        } catch (NonReadableChannelException | NonWritableChannelException refused) {
            throw wrongDirection(file, direction);
        } catch (IOException notNow) {
            throw new PrepRefusedException(
                    Reason.DIRECTION, "the file cannot be accessed: " + notNow);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static PrepRefusedException wrongDirection(Channel endpoint, Direction direction) {
        return new PrepRefusedException(
                Reason.DIRECTION,
                endpoint
                        + " cannot be "
                        + (direction == Direction.DEV_TO_MEM ? "read" : "written")
                        + "; open it for that, or give its other end");
    }
}
