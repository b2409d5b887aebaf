package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.OperationKind;
import org.dmaengine.Outcome;
import org.dmaengine.PeriodCallback;
import org.dmaengine.PeriodEvent;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** Endless transfers around a ring: C2, C3, C4 with periods. */
interface CyclicContract extends ContractPart {
    /** Bytes of one period. */
    long PERIOD = 1000;

    /** Periods of the ring. */
    int PERIODS = 4;

    /** A cyclic read from a pipe. */
    record Ring(
            TestBench bench,
            DmaChannel channel,
            Transfer transfer,
            MemorySegment memory,
            Pipe.SinkChannel sink)
            implements AutoCloseable {
        static Ring open(
                TestBench bench, UnaryOperator<PeripheralConfig> how, PeriodCallback onPeriod) {
            bench.assumeRow(OperationKind.CYCLIC);
            bench.assumeRow(OperationKind.STREAM);
            DmaChannel channel = bench.channel(Capability.CYCLIC, Capability.PERIPHERAL);
            try {
                Pipe pipe = Pipe.open();
                bench.closing(pipe.source());
                PeripheralConfig config =
                        how.apply(PeripheralConfig.read(new Peripheral.Stream(pipe.source())));
                MemorySegment memory = bench.target(PERIOD * PERIODS);
                Transfer transfer =
                        channel.submit(channel.prepCyclic(config, memory, PERIOD, onPeriod));
                channel.issuePending();
                return bench.closing(new Ring(bench, channel, transfer, memory, pipe.sink()));
            } catch (IOException noPipe) {
                throw new UncheckedIOException(noPipe);
            }
        }

        /** Writes whole periods, each filled with its number. */
        void feed(int from, int count) {
            try {
                for (int number = from; number < from + count; number++) {
                    ByteBuffer period = ByteBuffer.allocate((int) PERIOD);
                    while (period.hasRemaining()) {
                        period.put((byte) number);
                    }
                    sink.write(period.flip());
                }
            } catch (IOException closed) {
                throw new UncheckedIOException(closed);
            }
        }

        byte at(long offset) {
            return memory.get(ValueLayout.JAVA_BYTE, offset);
        }

        @Override
        public void close() throws IOException {
            channel.terminateAsync();
            sink.close();
        }
    }

    @Test
    @DisplayName("C3: each period is told once, in order, round and round")
    default void shouldTellEachPeriod() {
        TestBench bench = bench();
        List<PeriodEvent> events = Collections.synchronizedList(new ArrayList<>());
        List<Byte> seen = Collections.synchronizedList(new ArrayList<>());
        Ring[] ring = new Ring[1];
        ring[0] = Ring.open(bench, config -> config, events::add);
        ring[0].feed(0, 10);
        bench.waits().eventually("10 periods", () -> events.size() == 10);
        for (int i = 0; i < 10; i++) {
            PeriodEvent event = events.get(i);
            assertEquals(i, event.sequence());
            assertEquals(i % PERIODS * PERIOD, event.offsetBytes());
            assertEquals(PERIOD, event.lengthBytes());
            assertEquals(0, event.missed());
        }
        assertTrue(seen.isEmpty());
        assertTrue(ring[0].transfer().result().isEmpty(), "a cyclic transfer ended by itself");
    }

    @Test
    @DisplayName(
            "C3 (R7): where the engine holds back, a period is not refilled before its callback"
                    + " returned")
    default void shouldHoldBackPeriods() {
        TestBench bench = bench();
        BlockedCallback blocked = bench.closing(new BlockedCallback());
        List<PeriodEvent> events = Collections.synchronizedList(new ArrayList<>());
        Ring ring =
                Ring.open(
                        bench,
                        config -> config,
                        event -> {
                            blocked.block();
                            events.add(event);
                        });
        ring.feed(1, PERIODS + 3);
        blocked.awaitRunning(bench);
        bench.waits().eventually("the ring to be full", () -> ring.at(PERIOD * PERIODS - 1) == 4);
        assertFalse(ring.channel().drain(TestBench.shortWhile()).isQuiesced());
        for (int period = 0; period < PERIODS; period++) {
            assertEquals(period + 1, ring.at(period * PERIOD), "refilled too early");
        }
        blocked.close();
        bench.waits().eventually("all periods", () -> events.size() == PERIODS + 3);
        assertEquals(0, events.stream().mapToLong(PeriodEvent::missed).sum());
    }

    @Test
    @DisplayName("C3: where the peripheral cannot wait, missed periods are counted")
    default void shouldCountMissedPeriods() {
        TestBench bench = bench();
        BlockedCallback blocked = bench.closing(new BlockedCallback());
        List<PeriodEvent> events = Collections.synchronizedList(new ArrayList<>());
        Ring ring =
                Ring.open(
                        bench,
                        PeripheralConfig::freeRunning,
                        event -> {
                            blocked.block();
                            events.add(event);
                        });
        ring.feed(1, 1);
        blocked.awaitRunning(bench);
        ring.feed(2, 4 * PERIODS);
        bench.waits()
                .eventually(
                        "the last period to be filled",
                        () -> ring.at(PERIOD - 1) == 1 + 4 * PERIODS);
        blocked.close();
        long last = 4 * PERIODS;
        bench.waits()
                .eventually(
                        "the last event",
                        () -> !events.isEmpty() && events.getLast().sequence() == last);
        long missed = events.stream().mapToLong(PeriodEvent::missed).sum();
        assertNotEquals(0, missed);
        assertEquals(last + 1, missed + events.size(), "told or counted, each period once");
    }

    @Test
    @DisplayName("C2, C4, C5: a terminated ring tells its bytes over all revolutions")
    default void shouldTellBytesOfAllRevolutions() {
        TestBench bench = bench();
        List<PeriodEvent> events = Collections.synchronizedList(new ArrayList<>());
        Ring ring = Ring.open(bench, config -> config, events::add);
        ring.feed(0, 6);
        bench.waits().eventually("6 periods", () -> events.size() == 6);
        boolean atOnce = bench.assumeRow(OperationKind.CYCLIC).effect() == AbortEffect.AT_ONCE;
        ring.channel().terminateAsync();
        if (!atOnce) {
            ring.feed(6, 1);
        }
        bench.waits().within("synchronize()", ring.channel()::synchronize);
        int told = events.size();
        TransferResult result = ring.transfer().result().orElseThrow();
        assertEquals(Outcome.ABORTED, result.outcome());
        if (atOnce) {
            assertEquals(6 * PERIOD, result.bytes());
            assertEquals(2 * PERIOD, result.residueBytes());
        }
        bench.lateWrites().freed(ring.transfer().toString(), ring.memory());
        bench.lateWrites().watch(TestBench.shortWhile());
        assertEquals(told, events.size(), "a period was told after the termination");
    }

    @Test
    @DisplayName("C4 (R2): no period is told after the termination")
    default void shouldTellNoPeriodAfterTermination() {
        TestBench bench = bench();
        BlockedCallback blocked = bench.closing(new BlockedCallback());
        Ring ring = Ring.open(bench, config -> config, event -> blocked.block());
        ring.feed(0, 3);
        blocked.awaitRunning(bench);
        ring.channel().terminateAsync();
        ring.feed(3, 1);
        blocked.close();
        bench.waits().within("synchronize()", ring.channel()::synchronize);
        assertEquals(1, blocked.calls());
    }

    @Test
    @DisplayName("C6 (R21): synchronize on a busy ring without a termination returns")
    default void shouldSynchronizeBusyRing() {
        TestBench bench = bench();
        Ring ring = Ring.open(bench, config -> config, event -> {});
        ring.feed(0, 1);
        bench.waits().within("synchronize()", ring.channel()::synchronize);
        assertTrue(ring.transfer().result().isEmpty());
    }

    @Test
    @DisplayName("C2: a ring that is no whole number of periods is refused")
    default void shouldRefuseBrokenRing() {
        TestBench bench = bench();
        DmaChannel channel = bench.channel(Capability.CYCLIC);
        PeripheralConfig config =
                PeripheralConfig.read(new Peripheral.Blocking(new GatedChannel()));
        MemorySegment memory = bench.target(4096);
        assertThrows(
                PrepRefusedException.class,
                () -> channel.prepCyclic(config, memory, 1000, event -> {}));
    }
}
