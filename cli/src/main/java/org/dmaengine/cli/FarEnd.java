package org.dmaengine.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Whoever sits at the other end of a stream: sends, or takes what comes, in pieces of any size,
 * until it leaves or is stopped. Its thread steps it; after {@link #stop} whoever stopped it may.
 */
final class FarEnd implements Runnable {
    private static final int PIECE_BYTES_MAX = 64 << 10;
    private static final long IDLE_NANOS = 20_000;

    private final Connection connection;
    private final SelectableChannel channel;
    private final boolean sends;
    private final SplittableRandom random;
    private final Thread thread;
    private final byte[] piece = new byte[PIECE_BYTES_MAX];
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    // Written by the test, read by its thread.
    private volatile long allowedBytes;
    private volatile boolean stopped;
    private volatile BooleanSupplier mayLeave = () -> false;
    private volatile boolean leavesByReset;

    // Written by whoever steps it, read by the test after the stop, or to see that it has left.
    private long sentBytes;
    private boolean atEnd;
    private volatile boolean left;
    private Optional<IOException> problem = Optional.empty();

    private FarEnd(Connection connection, boolean sends, SplittableRandom random) {
        this.connection = connection;
        this.channel = connection.far();
        this.sends = sends;
        this.random = random;
        this.thread = Thread.ofVirtual().name("test-far-end").unstarted(this);
    }

    static FarEnd start(Connection connection, boolean sends, SplittableRandom random) {
        FarEnd end = new FarEnd(connection, sends, random);
        end.thread.start();
        return end;
    }

    /** Sends or takes so many bytes more; until then it does nothing. */
    void allow(long bytes) {
        long sum = allowedBytes + bytes;
        allowedBytes = sum;
    }

    /** When it may and has sent what it may, it closes its end, or resets the connection. */
    void leave(BooleanSupplier when, boolean byReset) {
        leavesByReset = byReset;
        mayLeave = when;
    }

    @Override
    public void run() {
        try {
            while (!stopped && !left && !atEnd) {
                if (!step() && !leaveIfDue()) {
                    LockSupport.parkNanos(IDLE_NANOS);
                }
            }
        } catch (IOException unforeseen) {
            problem = Optional.of(unforeseen);
        }
    }

    /** True if a byte moved. */
    boolean step() throws IOException {
        long done = sends ? sentBytes : received.size();
        long length = Math.min(allowedBytes - done, 1 + random.nextLong(PIECE_BYTES_MAX));
        return length > 0 && (sends ? send((int) length) : take((int) length)) > 0;
    }

    private int send(int length) throws IOException {
        Content.fill(MemorySegment.ofArray(piece), 0, length, sentBytes);
        int bytes = Connection.writable(channel).write(ByteBuffer.wrap(piece, 0, length));
        sentBytes += bytes;
        return bytes;
    }

    private int take(int length) throws IOException {
        int bytes = Connection.readable(channel).read(ByteBuffer.wrap(piece, 0, length));
        if (bytes > 0) {
            received.write(piece, 0, bytes);
        }
        atEnd = bytes < 0;
        return bytes;
    }

    private boolean leaveIfDue() throws IOException {
        if (!mayLeave.getAsBoolean() || (sends && sentBytes < allowedBytes)) {
            return false;
        }
        if (leavesByReset) {
            connection.resetFar();
        } else if (sends) {
            connection.finish(channel);
        } else {
            channel.close();
        }
        left = true;
        return true;
    }

    /** Its thread is over. */
    void stop() {
        stopped = true;
        Uninterrupted.join(thread);
    }

    boolean hasLeft() {
        return left;
    }

    /** The near end has said that no more will come. */
    boolean isAtEnd() {
        return atEnd;
    }

    Optional<String> problem() {
        return problem.map(text -> "the far end failed: " + text);
    }

    long sentBytes() {
        return sentBytes;
    }

    MemorySegment received() {
        return MemorySegment.ofArray(received.toByteArray());
    }

    long receivedBytes() {
        return received.size();
    }
}
