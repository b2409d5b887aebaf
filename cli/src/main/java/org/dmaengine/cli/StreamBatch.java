package org.dmaengine.cli;

import org.dmaengine.TransferResult;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The transfers on one stream. No byte may be lost or doubled: what was told as read and what is
 * still in the stream is what was sent; what was told as written is what arrives.
 */
final class StreamBatch implements Batch {
    private static final int SEGMENTS_MAX = 20;
    private static final int MORE_MAX = 1_000;
    private static final int REST_BYTES = 16 << 10;
    private static final long LOOK_NANOS = 20_000;

    /** Waiting for the end of a stream takes long, since an engine may keep it open for a while. */
    private static final int END_ONE_OF = 16;

    /** What becomes of the far end, once so many transfers are over that shall be whole. */
    enum Ending {
        /** It stays until all are through. */
        NONE,
        /** It stays, and does nothing any more. */
        STALL,
        CLOSE,
        RESET
    }

    private final TestBench bench;
    private final Buffers buffers;
    private final Connection connection;
    private final FarEnd far;
    private final boolean reading;
    private final Ending ending;
    private final List<StreamPiece> pieces = new ArrayList<>();
    // So many must be whole; all of them, until it is known how many there are.
    private int whole;
    private long plannedBytes;
    private long movedBytes;
    private boolean failed;
    private int more;

    StreamBatch(
            TestBench bench,
            Buffers buffers,
            Connection connection,
            boolean reading,
            Ending ending,
            int whole) {
        // How often it draws is a matter of time: the next rounds must not depend on that.
        this.bench = bench.withRandom(bench.random().split());
        this.buffers = buffers;
        this.connection = connection;
        this.reading = reading;
        this.ending = ending;
        this.whole = whole;
        this.far = FarEnd.start(connection, reading, this.bench.random().split());
        if (!reading) {
            far.allow(
                    ending == Ending.STALL
                            ? this.bench.random().nextLong(buffers.bytes())
                            : takeAll());
        }
    }

    private static long takeAll() {
        return Long.MAX_VALUE / 2;
    }

    @Override
    public Piece next() {
        Scatter memory = bench.scatter(buffers.take(), SEGMENTS_MAX, bench.alignBytes());
        StreamPiece piece = new StreamPiece(this, memory, pieces.size(), plannedBytes);
        if (reading) {
            far.allow(sendsFor(memory.lengthBytes()));
        }
        plannedBytes += memory.lengthBytes();
        pieces.add(piece);
        return piece;
    }

    /** How much the far end sends for the next read. */
    private long sendsFor(long lengthBytes) {
        if (ending == Ending.NONE || pieces.size() < whole) {
            return lengthBytes;
        }
        return pieces.size() == whole ? bench.random().nextLong(lengthBytes) : 0;
    }

    @Override
    public void submitted() {
        whole = ending == Ending.NONE ? Integer.MAX_VALUE : Math.min(whole, pieces.size());
        if (isLeaving()) {
            List<StreamPiece> before = List.copyOf(pieces.subList(0, whole));
            far.leave(() -> before.stream().allMatch(StreamPiece::isOver), ending == Ending.RESET);
        }
    }

    private boolean isLeaving() {
        return ending == Ending.CLOSE || ending == Ending.RESET;
    }

    /** Whoever writes to nobody is told so, sooner or later. */
    @Override
    public Optional<Piece> oneMore() {
        if (reading || !isLeaving() || failed) {
            return Optional.empty();
        }
        if (more++ >= MORE_MAX) {
            throw new TestFailure(
                    "nobody reads any more, and " + MORE_MAX + " writes were complete");
        }
        await("the far end to leave", far::hasLeft);
        return Optional.of(next());
    }

    // ---- For its pieces

    boolean isReading() {
        return reading;
    }

    Connection connection() {
        return connection;
    }

    /** Says what is wrong with an outcome; asked in the order of submission. */
    Optional<String> checkOutcome(TransferResult result, int index) {
        boolean mayFall = index >= whole && isLeaving();
        boolean fits =
                switch (result.outcome()) {
                    case COMPLETE -> result.isWhole() || (reading && mayFall && isEnd(result));
                    case READ_FAILED -> reading && mayFall && ending == Ending.RESET;
                    case WRITE_FAILED -> !reading && mayFall;
                    case ABORTED -> true;
                };
        failed |= result.error().isPresent();
        return fits
                ? Optional.empty()
                : Optional.of(
                        "number %d of %d, of which %d must be whole before %s: %s"
                                .formatted(index, pieces.size(), whole, ending, result));
    }

    /** A reset is told once; who reads on after that is at the end of the stream. */
    private boolean isEnd(TransferResult result) {
        return ending == Ending.CLOSE || (failed && result.bytes() == 0);
    }

    /** Where what was moved begins in the stream; asked in the order of submission. */
    long advance(long bytes) {
        long position = movedBytes;
        movedBytes += bytes;
        return position;
    }

    // ---- All of them together

    @Override
    public Optional<String> settle() {
        far.stop();
        if (far.problem().isPresent()) {
            return far.problem();
        }
        try {
            return reading ? settleReads() : settleWrites();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private Optional<String> settleReads() throws IOException {
        if (far.hasLeft() && ending == Ending.RESET) {
            // What was on its way when it was reset is lost, as everywhere.
            return movedBytes <= far.sentBytes() ? Optional.empty() : Optional.of(unequal(0));
        }
        if (!far.hasLeft()) {
            connection.finish(connection.far());
        }
        ReadableByteChannel near = Connection.readable(connection.near());
        ByteBuffer rest = ByteBuffer.allocate(REST_BYTES);
        long restBytes = 0;
        long deadline = System.nanoTime() + bench.options().timeout().toNanos();
        for (int bytes = 0; bytes >= 0; bytes = near.read(rest.clear())) {
            if (System.nanoTime() - deadline > 0) {
                return Optional.of("a stream that was closed at its far end does not end");
            }
            Optional<String> wrong =
                    Content.check(
                            "stream",
                            MemorySegment.ofArray(rest.array()),
                            0,
                            bytes,
                            movedBytes + restBytes);
            if (wrong.isPresent()) {
                return wrong;
            }
            restBytes += bytes;
            if (bytes == 0) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        return movedBytes + restBytes == far.sentBytes()
                ? Optional.empty()
                : Optional.of(unequal(restBytes));
    }

    private String unequal(long restBytes) {
        return "%d bytes were sent, %d told as read, and %d are still in the stream"
                .formatted(far.sentBytes(), movedBytes, restBytes);
    }

    private Optional<String> settleWrites() throws IOException {
        if (!far.hasLeft()) {
            far.allow(takeAll() - buffers.bytes());
            step("all that was written", () -> far.receivedBytes() >= movedBytes);
            if (bench.random().nextInt(END_ONE_OF) == 0) {
                connection.finish(connection.near());
                step("the end of the stream", far::isAtEnd);
            } else {
                far.step();
            }
        }
        long received = far.receivedBytes();
        if (far.hasLeft() ? received > movedBytes : received != movedBytes) {
            return Optional.of(
                    "%d bytes were told as written, and %d arrived"
                            .formatted(movedBytes, received));
        }
        return checkReceived(far.received());
    }

    private Optional<String> checkReceived(MemorySegment received) {
        long at = 0;
        for (StreamPiece piece : pieces) {
            long end = Math.min(received.byteSize(), at + piece.movedBytes());
            Optional<String> wrong = Content.check("stream", received, at, end, piece.position());
            if (wrong.isPresent()) {
                return wrong;
            }
            at = end;
        }
        return Optional.empty();
    }

    /** Takes the place of the far end's thread, until something is so. */
    private void step(String what, BooleanSupplier isSo) throws IOException {
        long deadline = System.nanoTime() + bench.options().timeout().toNanos();
        while (!isSo.getAsBoolean()) {
            if (!far.step()) {
                requireTime(what, deadline);
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private void await(String what, BooleanSupplier isSo) {
        long deadline = System.nanoTime() + bench.options().timeout().toNanos();
        while (!isSo.getAsBoolean()) {
            requireTime(what, deadline);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void requireTime(String what, long deadline) {
        if (System.nanoTime() - deadline > 0) {
            throw new TestFailure(
                    "waited in vain for %s: %d bytes were told as written, and %d arrived"
                            .formatted(what, movedBytes, far.receivedBytes()));
        }
    }

    @Override
    public void end() {
        far.stop();
        try {
            connection.close();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
