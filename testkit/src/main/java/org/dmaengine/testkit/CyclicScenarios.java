package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Receipt;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Cyclic transfers: a period is not used again under its callback, nor told after the end. */
interface CyclicScenarios extends ScenarioPart {
    /** Bytes of one period. */
    long PERIOD_BYTES = 1000;

    /** Periods of a ring. */
    int PERIODS = 4;

    @Test
    @DisplayName(
            "R2 (1c7f072d virt-dma: race free transfer termination): a period was signalled, the"
                + " dispatcher has not run, terminate frees; the dispatcher then sees nothing of"
                + " it")
    default void r02_periodSignalledThenTerminated() {
        play(bench -> {
            HeldExecutor dispatcher = new HeldExecutor();
            DmaChannel channel = bench.channels.forCyclic(dispatcher);
            ByteFeed feed = bench.feed();
            DmaArena memory = bench.closing(DmaArena.open());
            MemorySegment ring = memory.allocate(PERIODS * PERIOD_BYTES);
            AtomicInteger periods = new AtomicInteger();
            Transfer cyclic =
                    bench.transfers.cyclic(
                            channel,
                            feed,
                            config -> config,
                            ring,
                            PERIOD_BYTES,
                            event -> periods.incrementAndGet());
            feed.supply(2 * PERIOD_BYTES);
            bench.clock.await("the dispatcher to be scheduled", dispatcher::isScheduled);
            channel.terminateAsync();
            feed.supply(PERIOD_BYTES);
            Receipt receipt = bench.parties.within("synchronize()", channel::synchronize);
            assertFalse(receipt.entry(cyclic.cookie()).orElseThrow().callbackRan());
            memory.close();
            // Its place is used by somebody else when the dispatcher comes.
            List<Long> called = new CopyOnWriteArrayList<>();
            ScenarioCopy next =
                    bench.transfers.copy(channel, result -> called.add(result.cookie()));
            bench.transfers.outcome(next.transfer());
            bench.clock.await(
                    "the callback of the next one",
                    () -> {
                        dispatcher.run();
                        return !called.isEmpty();
                    });
            dispatcher.run();
            assertEquals(0, periods.get());
            assertEquals(List.of(next.cookie()), called);
        });
    }

    @Test
    @DisplayName(
            "R7 (177360e0 imx-sdma: cyclic buffer race): the engine does not refill a period before"
                    + " that period's callback has read it")
    default void r07_periodIsNotRefilledUnderItsCallback() {
        play(bench -> {
            DmaChannel channel = bench.channels.forCyclic();
            ByteFeed feed = bench.feed();
            MemorySegment ring = bench.memory.target(PERIODS * PERIOD_BYTES);
            int fed = PERIODS + 3;
            Gate gate = bench.gate();
            AtomicInteger read = new AtomicInteger();
            bench.transfers.cyclic(
                    channel,
                    feed,
                    config -> config,
                    ring,
                    PERIOD_BYTES,
                    event -> {
                        gate.pass();
                        for (int look = 0; look < 3; look++) {
                            ByteFeed.check(
                                    "period " + event.sequence(),
                                    ring,
                                    event.offsetBytes(),
                                    PERIOD_BYTES,
                                    event.sequence() * PERIOD_BYTES);
                            bench.clock.look();
                        }
                        assertEquals(0, event.missed());
                        read.incrementAndGet();
                    });
            feed.supply(fed * PERIOD_BYTES);
            gate.awaitEntered("the first period");
            long lastByte = PERIODS * PERIOD_BYTES - 1;
            bench.clock.await(
                    "the ring to be full",
                    () -> ring.get(ValueLayout.JAVA_BYTE, lastByte) == (byte) lastByte);
            bench.clock.aWhile();
            ByteFeed.check("the full ring", ring, 0, PERIODS * PERIOD_BYTES, 0);
            gate.open();
            bench.clock.await("all periods to be read", () -> read.get() == fed);
        });
    }

    @Test
    @DisplayName(
            "R10 (tegra-adma: use after free, CVE-2025-71162): completion, dispatcher scheduled,"
                    + " terminate and free, dispatcher runs, again and again: it never touches the"
                    + " freed ring")
    default void r10_overrunLoop() {
        play(bench -> {
            int loops = bench.isSimulated() ? 4 : 20;
            HeldExecutor dispatcher = new HeldExecutor();
            DmaChannel channel = bench.channels.forCyclic(dispatcher);
            for (int i = 0; i < loops; i++) {
                ByteFeed feed = bench.feed();
                DmaArena memory = DmaArena.open();
                MemorySegment ring = memory.allocate(PERIODS * PERIOD_BYTES);
                AtomicInteger touched = new AtomicInteger();
                bench.transfers.cyclic(
                        channel,
                        feed,
                        PeripheralConfig::freeRunning,
                        ring,
                        PERIOD_BYTES,
                        // Freed memory would throw here, and be reported as a fault.
                        event -> touched.addAndGet(ring.get(ValueLayout.JAVA_BYTE, 1)));
                feed.supply((PERIODS + 2) * PERIOD_BYTES);
                bench.clock.await("the dispatcher to be scheduled", dispatcher::isScheduled);
                bench.clock.passSome(5_000);
                channel.terminateAsync();
                feed.supply(PERIOD_BYTES);
                bench.parties.within("synchronize()", channel::synchronize);
                memory.close();
                dispatcher.run();
                assertEquals(0, touched.get());
            }
        });
    }
}
