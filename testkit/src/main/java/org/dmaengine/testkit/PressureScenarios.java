package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Transfer;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimFault;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Many at once, and more than fits. */
interface PressureScenarios extends ScenarioPart {
    @Test
    @DisplayName(
            "R30 (sf-pdma: multithread support; ptdma: concurrency): several threads prep, submit"
                    + " and issue on one channel: no descriptor is shared and none is lost")
    default void r30_manySubmitters() {
        play(bench -> {
            int each = bench.isSimulated() ? 6 : 300;
            int clients = 4;
            DmaChannel channel = bench.channels.forCopies(clients * each);
            List<Long> called = new CopyOnWriteArrayList<>();
            List<Party<List<Transfer>>> parties = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                MemorySegment source = bench.memory.arena().allocate(64).fill((byte) (i + 1));
                List<MemorySegment> targets = new ArrayList<>();
                for (int n = 0; n < each; n++) {
                    targets.add(bench.memory.arena().allocate(64));
                }
                parties.add(
                        bench.parties.start(
                                "client " + i,
                                () -> {
                                    List<Transfer> mine =
                                            submitAll(bench, channel, source, targets, called);
                                    mine.forEach(Transfer::await);
                                    for (MemorySegment target : targets) {
                                        assertEquals(-1, target.mismatch(source), "mixed up");
                                    }
                                    return mine;
                                }));
            }
            Set<Long> cookies = new HashSet<>();
            for (Party<List<Transfer>> party : parties) {
                for (Transfer transfer : party.result()) {
                    assertTrue(cookies.add(transfer.cookie()), "shared: " + transfer);
                    assertTrue(transfer.result().orElseThrow().isWhole());
                }
            }
            bench.parties.runWithin("drain()", channel::drain);
            assertEquals(clients * each, cookies.size());
            assertEquals(cookies.size(), called.size());
            assertEquals(cookies, Set.copyOf(called));
        });
    }

    private static List<Transfer> submitAll(
            ScenarioBench bench,
            DmaChannel channel,
            MemorySegment source,
            List<MemorySegment> targets,
            List<Long> called) {
        List<Transfer> mine = new ArrayList<>();
        for (MemorySegment target : targets) {
            Descriptor descriptor =
                    bench.transfers
                            .prepCopy(channel, target, source)
                            .onComplete(result -> called.add(result.cookie()));
            bench.clock.look();
            Transfer transfer = channel.submit(descriptor);
            mine.add(transfer);
            bench.clock.look();
            channel.issuePending();
        }
        return mine;
    }

    @Test
    @DisplayName(
            "E16 (completion queue overflow, EBUSY): queues are full at the client and at the"
                    + " hardware: \"full\" is an answer, and no outcome is lost")
    default void e16_noOutcomeLostUnderPressure() {
        play(bench -> {
            int each = bench.isSimulated() ? 8 : 200;
            int clients = 3;
            bench.engine.model(any -> any.withPull(1));
            FaultPlan plan = FaultPlan.none();
            for (int n = 2; n < clients * each; n += 3) {
                plan = plan.on(n, new SimFault.QueueFull(1 + bench.choices().below(20_000)));
            }
            bench.engine.faults(plan);
            Touches touches = Touches.of(bench);
            DmaChannel channel = bench.channels.forCopies(4);
            Gate gate = bench.gate();
            AtomicInteger full = new AtomicInteger();
            List<Long> called = new CopyOnWriteArrayList<>();
            List<Party<List<Long>>> parties = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                MemorySegment source = bench.memory.source(64);
                MemorySegment target = bench.memory.target(64);
                parties.add(
                        bench.parties.start(
                                "client " + i,
                                () -> {
                                    List<Long> cookies = new ArrayList<>();
                                    while (cookies.size() < each) {
                                        Descriptor descriptor =
                                                bench.transfers
                                                        .prepCopy(channel, target, source)
                                                        .onComplete(result -> {
                                                            gate.pass();
                                                            called.add(result.cookie());
                                                        });
                                        cookies.add(untilItFits(bench, channel, descriptor, full));
                                        channel.issuePending();
                                    }
                                    return cookies;
                                }));
            }
            // Nobody takes outcomes until the queue has been full.
            bench.clock.await("the queue to be full", () -> full.get() > 0);
            gate.open();
            Set<Long> cookies = new HashSet<>();
            parties.forEach(party -> cookies.addAll(party.result()));
            bench.parties.runWithin("drain()", channel::drain);
            assertEquals(clients * each, cookies.size());
            assertEquals(cookies.size(), called.size());
            assertEquals(cookies, Set.copyOf(called));
            assertTrue(!bench.isSimulated() || touches.faults() > 0, "its queue was never full");
        });
    }

    private static long untilItFits(
            ScenarioBench bench, DmaChannel channel, Descriptor descriptor, AtomicInteger full) {
        while (true) {
            long cookie = channel.trySubmit(descriptor);
            if (cookie != 0) {
                return cookie;
            }
            full.incrementAndGet();
            bench.clock.passSome(5_000);
        }
    }
}
