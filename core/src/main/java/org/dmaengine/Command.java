package org.dmaengine;

import org.dmaengine.PrepRefusedException.Reason;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What can be done to a peripheral in its place in the queue, beside moving bytes (kernel: a
 * descriptor with {@code DMA_PREP_CMD}). See {@link DmaChannel#prepCommand}.
 */
public sealed interface Command {
    /**
     * Puts on disk what was written to a file, by anybody (fsync(2), or fdatasync(2) for data
     * only): what of it had ended before it started is there when it completes.
     *
     * @param dataOnly leave out what a reader does not need to find the data, such as its times
     */
    record Sync(boolean dataOnly) implements Command {}

    /**
     * Gives a range of a file its blocks on disk, so that writing there cannot fail for want of
     * room (fallocate(2)). What stands there stays; new ranges read as zeros.
     *
     * @param keepSize do not make the file longer, though its blocks reach beyond its end
     */
    record Allocate(long offsetBytes, long lengthBytes, boolean keepSize) implements Command {
        /** Refuses ranges that make no sense. */
        public Allocate {
            requireRange(offsetBytes, lengthBytes);
        }
    }

    /** Gives the blocks of a range back: it reads as zeros, and the file keeps its size. */
    record PunchHole(long offsetBytes, long lengthBytes) implements Command {
        /** Refuses ranges that make no sense. */
        public PunchHole {
            requireRange(offsetBytes, lengthBytes);
        }
    }

    /** Says to the other end of a stream socket that no more will come (shutdown(2)). */
    record ShutdownOutput() implements Command {}

    /**
     * Waits until somebody connects to a {@link Peripheral.Listener}, whose channel is in
     * non-blocking mode. When it is COMPLETE, {@link #take} gives the connection. One that comes
     * after a termination stays with the listener, for whoever accepts next.
     */
    final class Accept implements Command {
        private final AtomicReference<@Nullable SocketChannel> connection = new AtomicReference<>();

        /** For one connection at a time. */
        public Accept() {}

        /**
         * The connection, which is the caller's from now on; empty before there is one, and after
         * it was taken.
         */
        public Optional<SocketChannel> take() {
            return Optional.ofNullable(connection.getAndSet(null));
        }

        /**
         * For engines: accepts what is there, without waiting. A connection that nobody has taken,
         * because the descriptor was submitted again, is closed.
         *
         * @return false if nobody has connected
         * @throws IllegalBlockingModeException if the listener is in blocking mode by now
         */
        public boolean attempt(ServerSocketChannel listener) throws IOException {
            SocketChannel accepted;
            // The mode cannot be changed meanwhile.
            synchronized (listener.blockingLock()) {
                if (listener.isBlocking()) {
                    throw new IllegalBlockingModeException();
                }
                accepted = listener.accept();
            }
            if (accepted == null) {
                return false;
            }
            SocketChannel untaken = connection.getAndSet(accepted);
            if (untaken != null) {
                untaken.close();
            }
            return true;
        }

        @Override
        public String toString() {
            return "Accept[]";
        }
    }

    /**
     * Connects a stream socket whose channel is in non-blocking mode, and waits until the other
     * side has answered. Where that is stopped the channel is left with its connection pending, and
     * can only be closed; where it fails, Java has closed it.
     */
    record Connect(SocketAddress address) implements Command {
        /** Refuses null, which would throw on an engine's thread. */
        public Connect {
            Objects.requireNonNull(address, "address");
        }
    }

    private static void requireRange(long offsetBytes, long lengthBytes) {
        if (offsetBytes < 0 || lengthBytes < 1 || offsetBytes > Long.MAX_VALUE - lengthBytes) {
            throw new PrepRefusedException(
                    Reason.BOUNDS,
                    "%d bytes at offset %d are no range of a file"
                            .formatted(lengthBytes, offsetBytes));
        }
    }
}
