package org.dmaengine.testkit;

import org.dmaengine.Peripheral;
import org.dmaengine.engine.sim.SimDevice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Where a read gets its bytes from, and no others than the scenario supplies. The n-th byte of a
 * feed is n, modulo 256, so that it tells where it belongs.
 */
interface ByteFeed extends AutoCloseable {
    /** What the transfer is prepared with. */
    Peripheral peripheral();

    /** False while nobody has come to read; some feeds cannot know. */
    default boolean isAwaited() {
        return true;
    }

    /** Lets so many more bytes come. */
    void supply(long bytes);

    /** No more will come: half-closed. */
    void end();

    /** Reads fail from here on: reset. */
    void fail();

    @Override
    void close();

    /** Fails unless the memory holds these bytes of a feed. */
    static void check(String who, MemorySegment memory, long from, long length, long firstByte) {
        for (long i = 0; i < length; i++) {
            byte found = memory.get(ValueLayout.JAVA_BYTE, from + i);
            if (found != (byte) (firstByte + i)) {
                throw new AssertionError(
                        "%s: byte %d is 0x%02x and not byte %d of its source"
                                .formatted(who, from + i, found, firstByte + i));
            }
        }
    }

    /** A peripheral of the simulated controller. */
    record Device(SimDevice device) implements ByteFeed {
        @Override
        public Peripheral peripheral() {
            return Peripheral.of(device);
        }

        @Override
        public void supply(long bytes) {
            device.supply(bytes, 0);
        }

        @Override
        public void end() {
            device.end();
        }

        @Override
        public void fail() {
            device.fail(new IOException("reset by the scenario"));
        }

        @Override
        public void close() {
            end();
        }
    }

    /** A connection over the loopback interface. */
    final class Socket implements ByteFeed {
        private final SocketChannel reader;
        private final SocketChannel writer;
        private long supplied;

        Socket() {
            try (ServerSocketChannel server = ServerSocketChannel.open()) {
                server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                writer = SocketChannel.open(server.getLocalAddress());
                writer.setOption(StandardSocketOptions.TCP_NODELAY, true);
                reader = server.accept();
            } catch (IOException noLoopback) {
                throw new UncheckedIOException(noLoopback);
            }
        }

        @Override
        public Peripheral peripheral() {
            return Peripheral.of(reader);
        }

        @Override
        public void supply(long bytes) {
            ByteBuffer buffer = ByteBuffer.allocate((int) bytes);
            while (buffer.hasRemaining()) {
                buffer.put((byte) supplied++);
            }
            buffer.flip();
            attempt(() -> {
                while (buffer.hasRemaining()) {
                    writer.write(buffer);
                }
            });
        }

        @Override
        public void end() {
            attempt(writer::shutdownOutput);
        }

        @Override
        public void fail() {
            // SO_LINGER of 0: a reset instead of an orderly close.
            attempt(() -> {
                writer.setOption(StandardSocketOptions.SO_LINGER, 0);
                writer.close();
            });
        }

        @Override
        public void close() {
            attempt(writer::close);
            attempt(reader::close);
        }

        private interface Step {
            void run() throws IOException;
        }

        private static void attempt(Step step) {
            try {
                step.run();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    /** A channel whose read blocks until there is something; real time only. */
    final class Blocking implements ByteFeed, ReadableByteChannel {
        // All guarded by this.
        private long available;
        private long given;
        private boolean ended;
        private boolean broken;
        private boolean awaited;

        @Override
        public synchronized boolean isAwaited() {
            return awaited;
        }

        @Override
        public Peripheral peripheral() {
            return new Peripheral.Blocking(this);
        }

        @Override
        public synchronized void supply(long bytes) {
            available += bytes;
            notifyAll();
        }

        @Override
        public synchronized void end() {
            ended = true;
            notifyAll();
        }

        @Override
        public synchronized void fail() {
            broken = true;
            notifyAll();
        }

        @Override
        public synchronized int read(ByteBuffer buffer) throws IOException {
            awaitBytes();
            if (broken) {
                throw new IOException("reset by the scenario");
            }
            int count = (int) Math.min(buffer.remaining(), available);
            for (int i = 0; i < count; i++) {
                buffer.put((byte) given++);
            }
            available -= count;
            return count == 0 && ended ? -1 : count;
        }

        private void awaitBytes() {
            boolean interrupted = false;
            awaited = true;
            while (available == 0 && !ended && !broken) {
                try {
                    wait();
                } catch (InterruptedException kept) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public synchronized boolean isOpen() {
            return !ended;
        }

        @Override
        public void close() {
            end();
        }
    }
}
