package org.dmaengine;

import java.nio.channels.ByteChannel;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A byte endpoint that is not memory: a file, a pipe, a socket (kernel: the device behind a slave
 * channel). The client opens it and closes it, after the transfers on it have ended.
 */
public sealed interface Peripheral {

    /** The Java channel underneath. */
    Channel channel();

    /** The row of the honesty table that its transfers fall under. */
    OperationKind kind();

    /** A regular file or block device, read and written at explicit offsets. */
    record File(FileChannel channel) implements Peripheral {
        @Override
        public OperationKind kind() {
            return OperationKind.FILE;
        }
    }

    /**
     * A pipe end or stream socket. An engine may put it into non-blocking mode for as long as it is
     * used; blocked transfers on it can be stopped.
     */
    record Stream(SelectableChannel channel) implements Peripheral {
        /** Refuses channels that carry no stream of bytes, such as server and datagram sockets. */
        public Stream {
            if (channel instanceof DatagramChannel) {
                throw new IllegalArgumentException(
                        channel + " carries messages, not a stream; use Peripheral.Messages");
            }
            if (!(channel instanceof ReadableByteChannel)
                    && !(channel instanceof WritableByteChannel)) {
                throw new IllegalArgumentException(
                        channel + " neither reads nor writes bytes; give a pipe end or a socket");
            }
        }

        @Override
        public OperationKind kind() {
            return OperationKind.STREAM;
        }
    }

    /**
     * An endpoint that carries messages, such as a datagram socket: one transfer is one message,
     * and is never split or continued. A message that is shorter than the buffers ends its transfer
     * with a residue; one that is longer fails where the endpoint can tell. Blocked transfers on it
     * can be stopped.
     */
    record Messages(ByteChannel channel) implements Peripheral {
        /** Refuses channels that carry a stream of bytes, or have positions. */
        public Messages {
            boolean stream =
                    channel instanceof SelectableChannel && !(channel instanceof DatagramChannel);
            if (stream || channel instanceof FileChannel) {
                throw new IllegalArgumentException(
                        channel + " carries no messages; use Peripheral.of");
            }
        }

        @Override
        public OperationKind kind() {
            return OperationKind.STREAM;
        }
    }

    /** A socket that others connect to. It carries no bytes: it is for {@link Command.Accept}. */
    record Listener(ServerSocketChannel channel) implements Peripheral {
        @Override
        public OperationKind kind() {
            return OperationKind.STREAM;
        }
    }

    /** Any other byte channel. A blocked call on it cannot be stopped, only waited for. */
    record Blocking(Channel channel) implements Peripheral {
        /** Refuses channels that carry no bytes. */
        public Blocking {
            if (!(channel instanceof ReadableByteChannel)
                    && !(channel instanceof WritableByteChannel)) {
                throw new IllegalArgumentException(
                        channel + " neither reads nor writes bytes; give a byte channel");
            }
        }

        @Override
        public OperationKind kind() {
            return OperationKind.BLOCKING;
        }
    }

    /**
     * The best fit for any channel: {@link File}, {@link Messages} for a datagram socket, {@link
     * Listener} for a server socket, {@link Stream} where it is otherwise selectable, and {@link
     * Blocking} for all others.
     */
    static Peripheral of(Channel channel) {
        return switch (channel) {
            case FileChannel file -> new File(file);
            case DatagramChannel datagrams -> new Messages(datagrams);
            case ServerSocketChannel listener -> new Listener(listener);
            case SelectableChannel selectable -> new Stream(selectable);
            default -> new Blocking(channel);
        };
    }
}
