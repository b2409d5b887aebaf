package org.dmaengine.cli;

import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Quiescence;
import org.dmaengine.Receipt;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A ring that is filled from a pipe, period by period, until it is terminated: each period in
 * order, none twice, its bytes as they were sent, and not a byte after the receipt.
 */
final class CyclicTest implements Trial {
    private static final int PERIOD_BYTES = 512;
    private static final int PERIODS = 8;
    private static final int PERIODS_SENT_MAX = 40;

    private final TestBench bench;
    private final MemorySegment ring;

    CyclicTest(TestBench bench) {
        this.bench = bench;
        this.ring = bench.arena().allocate(PERIOD_BYTES * PERIODS, 64);
    }

    @Override
    public void round() {
        int periods = bench.random().nextInt(1, PERIODS_SENT_MAX + 1);
        // Some bytes more than whole periods: the termination finds one begun.
        int extra = bench.random().nextInt(PERIOD_BYTES);
        try {
            Pipe pipe = Pipe.open();
            try (Pipe.SourceChannel source = pipe.source();
                    Pipe.SinkChannel sink = pipe.sink()) {
                run(source, sink, periods, extra);
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private void run(Pipe.SourceChannel source, Pipe.SinkChannel sink, int periods, int extra)
            throws IOException {
        CountDownLatch all = new CountDownLatch(periods);
        AtomicLong events = new AtomicLong();
        AtomicReference<String> wrong = new AtomicReference<>("");
        Transfer transfer =
                bench.channel()
                        .submit(
                                bench.channel()
                                        .prepCyclic(
                                                PeripheralConfig.read(
                                                        new Peripheral.Stream(source)),
                                                ring,
                                                PERIOD_BYTES,
                                                event -> {
                                                    check(event.sequence(), events, wrong);
                                                    all.countDown();
                                                }));
        bench.channel().issuePending();
        long sent = (long) periods * PERIOD_BYTES + extra;
        send(sink, 0, sent);
        boolean came = await(all);
        bench.tally().termination();
        Quiescence answer = bench.channel().terminateSync(bench.options().timeout());
        if (!answer.isQuiesced()) {
            throw new TestFailure("cyclic: not quiet after " + bench.options().timeout());
        }
        require(came, "cyclic: only " + events.get() + " of " + periods + " periods came");
        require(wrong.get().isEmpty(), wrong.get());
        long eventsThen = events.get();
        TransferResult result =
                transfer.result()
                        .orElseThrow(() -> new TestFailure("cyclic: no outcome after the receipt"));
        require(result.outcome() == Outcome.ABORTED, "cyclic: ended as " + result);
        require(
                answer.receipt()
                        .entry(transfer.cookie())
                        .map(Receipt.Entry::bytes)
                        .filter(bytes -> bytes == result.bytes())
                        .isPresent(),
                "cyclic: the receipt does not say what the handle says: " + result);
        require(
                result.bytes() >= (long) periods * PERIOD_BYTES && result.bytes() <= sent,
                "cyclic: " + result.bytes() + " bytes of " + periods + " periods + " + extra);
        requireBegun((long) periods * PERIOD_BYTES, result.bytes());
        ring.fill((byte) 0x5a);
        // What is sent now has nobody to read it.
        send(sink, sent, PERIOD_BYTES);
        sink.close();
        requireRest(source, result.bytes(), sent + PERIOD_BYTES);
        require(events.get() == eventsThen, "cyclic: an event came after the receipt");
        for (long i = 0; i < ring.byteSize(); i++) {
            if (ring.get(ValueLayout.JAVA_BYTE, i) != 0x5a) {
                bench.tally().lateWrite();
                throw new TestFailure("cyclic: late write at 0x%x of the ring".formatted(i));
            }
        }
        bench.tally().test(result.bytes());
    }

    /** The period that the termination found begun. */
    private void requireBegun(long from, long to) {
        for (long at = from; at < to; at++) {
            if (ring.get(ValueLayout.JAVA_BYTE, at % ring.byteSize()) != byteAt(at)) {
                throw new TestFailure(
                        "cyclic: wrong byte 0x%x in the period that was begun"
                                .formatted(at - from));
            }
        }
    }

    /** What was not told as read is still there, and nobody takes it. */
    private void requireRest(Pipe.SourceChannel source, long from, long to) throws IOException {
        // One byte more than there should be.
        ByteBuffer rest = ByteBuffer.allocate((int) (to - from) + 1);
        long deadline = System.nanoTime() + bench.options().timeout().toNanos();
        for (int bytes = 0; bytes >= 0 && rest.hasRemaining(); bytes = source.read(rest)) {
            require(
                    System.nanoTime() - deadline < 0,
                    "cyclic: the pipe was closed, and does not end");
        }
        require(
                rest.position() == to - from,
                "cyclic: %d bytes were sent, %d told as read, and %d are still in the pipe"
                        .formatted(to, from, rest.position()));
        for (long at = from; at < to; at++) {
            require(rest.get((int) (at - from)) == byteAt(at), "cyclic: wrong byte in the pipe");
        }
    }

    private void check(long sequence, AtomicLong events, AtomicReference<String> wrong) {
        long expected = events.getAndIncrement();
        if (sequence != expected) {
            wrong.compareAndSet("", "cyclic: period " + sequence + ", expected " + expected);
            return;
        }
        long offset = sequence % PERIODS * PERIOD_BYTES;
        for (long i = 0; i < PERIOD_BYTES; i++) {
            byte actual = ring.get(ValueLayout.JAVA_BYTE, offset + i);
            if (actual != byteAt(sequence * PERIOD_BYTES + i)) {
                wrong.compareAndSet(
                        "", "cyclic: wrong byte 0x%x in period %d".formatted(i, sequence));
                return;
            }
        }
    }

    private static byte byteAt(long position) {
        // Coprime to the ring, so that no two revolutions look alike.
        return (byte) (position % 251);
    }

    private static void send(Pipe.SinkChannel sink, long from, long length) throws IOException {
        byte[] bytes = new byte[(int) length];
        for (int i = 0; i < length; i++) {
            bytes[i] = byteAt(from + i);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            sink.write(buffer);
        }
    }

    private boolean await(CountDownLatch latch) {
        try {
            return latch.await(bench.options().timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void require(boolean holds, String text) {
        if (!holds) {
            throw new TestFailure(text);
        }
    }
}
