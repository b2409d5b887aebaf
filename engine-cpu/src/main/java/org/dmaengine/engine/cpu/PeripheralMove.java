package org.dmaengine.engine.cpu;

import org.dmaengine.Direction;
import org.dmaengine.Operation;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * A transfer to or from a peripheral that is under way, once through its segments or round and
 * round (cyclic). One {@link #step} is one read or write call. Only the channel's owner calls.
 */
final class PeripheralMove {
    /** The most bytes of one call, where the client asks for no shorter burst. */
    private static final long CHUNK_BYTES = 1 << 20;

    private final IssuedTransfer transfer;
    private final PeripheralConfig config;
    private final long offsetBytes;
    private final Windows windows;
    // 0 for a transfer that goes through once.
    private final long periodBytes;
    private final @Nullable StreamUse stream;

    private long movedBytes;
    private boolean periodBegun;

    private PeripheralMove(
            IssuedTransfer transfer,
            PeripheralConfig config,
            long offsetBytes,
            Windows windows,
            long periodBytes,
            @Nullable StreamUse stream) {
        this.transfer = transfer;
        this.config = config;
        this.offsetBytes = offsetBytes;
        this.windows = windows;
        this.periodBytes = periodBytes;
        this.stream = stream;
    }

    /** Begins; a stream is made non-blocking here, on the selector's thread. */
    static PeripheralMove begin(IssuedTransfer transfer, CpuChannel channel, StreamSelector streams)
            throws IOException {
        return switch (transfer.operation()) {
            case Operation.PeripheralSg sg ->
                    new PeripheralMove(
                            transfer,
                            sg.config(),
                            sg.offsetBytes(),
                            new Windows(sg.segments(), windowMaxBytes(sg.config())),
                            0,
                            use(sg.config(), channel, streams));
            case Operation.Cyclic cyclic ->
                    new PeripheralMove(
                            transfer,
                            cyclic.config(),
                            cyclic.config().offsetBytes(),
                            new Windows(List.of(cyclic.ring()), windowMaxBytes(cyclic.config())),
                            cyclic.periodBytes(),
                            use(cyclic.config(), channel, streams));
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.PeripheralCommand _,
                    Operation.Interrupt _ ->
                    throw new IllegalArgumentException(transfer + " has no peripheral");
        };
    }

    private static @Nullable StreamUse use(
            PeripheralConfig config, CpuChannel channel, StreamSelector streams)
            throws IOException {
        return config.peripheral() instanceof Peripheral.Stream(var endpoint)
                ? streams.use(
                        endpoint,
                        channel,
                        isRead(config) ? SelectionKey.OP_READ : SelectionKey.OP_WRITE)
                : null;
    }

    private static long windowMaxBytes(PeripheralConfig config) {
        long burst = config.burstBytes();
        return burst == 0 ? CHUNK_BYTES : Math.min(burst, CHUNK_BYTES);
    }

    private static boolean isRead(PeripheralConfig config) {
        return config.direction() == Direction.DEV_TO_MEM;
    }

    /** Bytes moved, of a cyclic transfer over all revolutions. */
    long movedBytes() {
        return movedBytes;
    }

    /** One call. A short one is gone on with by the next step. */
    Step step() throws IOException {
        long left = Long.MAX_VALUE;
        if (periodBytes > 0) {
            if (!periodBegun && !transfer.mayStartPeriod()) {
                return Step.HELD_BACK;
            }
            periodBegun = true;
            left = periodBytes - movedBytes % periodBytes;
        }
        int bytes = access(windows.window(left));
        if (bytes < 0) {
            return sourceEnded();
        }
        if (bytes == 0) {
            return Step.NOT_READY;
        }
        movedBytes += bytes;
        windows.advance(bytes);
        return periodBytes > 0 ? afterCyclic() : windows.isAtEnd() ? Step.WHOLE : Step.MORE;
    }

    private Step sourceEnded() throws EOFException {
        if (periodBytes > 0) {
            // A ring has no end that could be reached in good order.
            throw new EOFException("the source ended during a cyclic transfer");
        }
        return Step.SOURCE_ENDED;
    }

    private Step afterCyclic() {
        if (windows.isAtEnd()) {
            windows.rewind();
        }
        if (movedBytes % periodBytes == 0) {
            periodBegun = false;
            transfer.progress(movedBytes);
            transfer.periodElapsed();
        }
        return Step.MORE;
    }

    private int access(ByteBuffer window) throws IOException {
        return switch (config.peripheral()) {
            case Peripheral.File(FileChannel file) -> {
                // Rises over all revolutions: a cyclic transfer streams through the file.
                long position = Math.addExact(offsetBytes, movedBytes);
                yield isRead(config) ? read(file, window, position) : file.write(window, position);
            }
            case Peripheral.Stream(var endpoint) -> access(endpoint, window);
            case Peripheral.Blocking(var endpoint) -> access(endpoint, window);
            case Peripheral.Messages _, Peripheral.Listener _ ->
                    throw new IOException(config.peripheral() + " was refused at prep");
        };
    }

    /**
     * Behind a file that ends inside a block, direct I/O is refused for its position, where it
     * should hear that the file has ended. What has no size is no such file but a FIFO or a
     * terminal, of which no position can be read.
     */
    private int read(FileChannel file, ByteBuffer window, long position) throws IOException {
        try {
            return file.read(window, position);
        } catch (IOException refused) {
            if (file.isOpen() && position >= file.size() && (movedBytes > 0 || file.size() > 0)) {
                return -1;
            }
            throw refused;
        }
    }

    private int access(Channel endpoint, ByteBuffer window) throws IOException {
        return isRead(config)
                ? ((ReadableByteChannel) endpoint).read(window)
                : ((WritableByteChannel) endpoint).write(window);
    }

    /** After {@link Step#NOT_READY}: lets the selector wait for the stream. */
    void awaitReady() {
        if (stream != null) {
            stream.await();
        }
    }

    /** The last touch has happened: gives the stream back. */
    void close() {
        if (stream != null) {
            stream.close();
        }
    }
}
