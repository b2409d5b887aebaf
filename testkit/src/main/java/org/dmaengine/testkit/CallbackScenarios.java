package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Fault;
import org.dmaengine.Flag;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Callbacks: who is called, how often, and who waits for them. */
interface CallbackScenarios extends ScenarioPart {
    @Test
    @DisplayName(
            "R1 (b36f09c3 dmaengine: transfer termination synchronization): a callback is blocked"
                    + " half-way; synchronize waits until it has returned, terminateAsync does not")
    default void r01_syncWaitsForBlockedCallback() {
        play(bench -> {
            DmaChannel channel = bench.channels.forCopies();
            Gate gate = bench.gate();
            AtomicBoolean stateFreed = new AtomicBoolean();
            AtomicBoolean returned = new AtomicBoolean();
            ScenarioCopy first =
                    bench.transfers.copy(
                            channel,
                            result -> {
                                gate.pass();
                                assertFalse(stateFreed.get(), "its state was freed under it");
                                returned.set(true);
                            });
            gate.awaitEntered("the callback to run");
            bench.parties.runWithin("terminateAsync()", channel::terminateAsync);
            assertFalse(returned.get());
            Party<Receipt> synchronize =
                    bench.parties.start(
                            "synchronize()",
                            () -> {
                                Receipt receipt = channel.synchronize();
                                assertTrue(returned.get(), "it returned before the callback");
                                stateFreed.set(true);
                                return receipt;
                            });
            bench.clock.aWhile();
            assertFalse(synchronize.isDone(), "synchronize() did not wait for the callback");
            gate.open();
            Receipt.Entry entry = synchronize.result().entry(first.cookie()).orElseThrow();
            assertTrue(entry.callbackRan());
            assertEquals(Outcome.COMPLETE, entry.outcome());
        });
    }

    @Test
    @DisplayName(
            "R3 (24461d97 virt-dma: access after free in vchan_complete): the result that a"
                + " callback was given stays as it was until it returns, whatever is done to its"
                + " channel")
    default void r03_resultLivesUntilCallbackReturns() {
        play(bench -> {
            int depth = 2;
            DmaChannel channel = bench.channels.forCopies(depth);
            Gate gate = bench.gate();
            AtomicReference<TransferResult> after = new AtomicReference<>();
            ScenarioCopy first =
                    bench.transfers.copy(
                            channel,
                            result -> {
                                gate.pass();
                                after.set(result);
                            });
            gate.awaitEntered("the callback to run");
            TransferResult given = first.result();
            channel.terminateAsync();
            // All places but its own may go round.
            int others = 0;
            for (int i = 0; i < 3 * depth; i++) {
                long cookie =
                        channel.trySubmit(
                                bench.transfers.prepCopy(
                                        channel, first.target(), first.source(), Flag.ACK));
                channel.issuePending();
                others += cookie == 0 ? 0 : 1;
                bench.clock.passSome(10_000);
            }
            assertTrue(others < depth, "its place was given away: " + others + " others fit");
            assertEquals(TransferState.COMPLETE, channel.state(first.cookie()));
            gate.open();
            bench.parties.within("synchronize()", channel::synchronize);
            assertEquals(given, after.get());
            assertEquals(first.cookie(), after.get().cookie());
            assertTrue(after.get().isWhole());
            bench.transfers.requireWorking(channel);
        });
    }

    @Test
    @DisplayName(
            "R11 (f645f85a at_hdmac: complete callback on terminate_all): many are queued and"
                    + " terminated; no callback of one that did not finish is called")
    default void r11_noCallbackForUnfinished() {
        play(bench -> {
            DmaChannel channel = bench.channels.forCopies();
            List<Long> called = new CopyOnWriteArrayList<>();
            HeldRead held = HeldRead.open(bench, channel, result -> called.add(result.cookie()));
            List<ScenarioCopy> queued = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                queued.add(
                        bench.transfers.submit(
                                channel,
                                ScenarioCopy.BYTES,
                                result -> called.add(result.cookie())));
                if (i == 11) {
                    channel.issuePending();
                }
            }
            channel.terminateAsync();
            held.letStop();
            bench.parties.within("synchronize()", channel::synchronize);
            bench.clock.aWhile();
            assertEquals(List.of(), called);
            for (ScenarioCopy each : queued) {
                each.check();
            }
            for (ScenarioCopy each : queued.subList(12, 16)) {
                assertEquals(Outcome.ABORTED, each.result().outcome());
                assertEquals(0, each.result().bytes());
            }
            List<ScenarioCopy> withdrawn = new ArrayList<>();
            for (ScenarioCopy each : queued.subList(0, 12)) {
                // What the hardware had taken already it may have copied.
                if (!each.result().isWhole()) {
                    assertEquals(Outcome.ABORTED, each.result().outcome());
                    withdrawn.add(each);
                }
            }
            assertFalse(withdrawn.isEmpty(), "all that was issued has finished");
        });
    }

    @Test
    @DisplayName(
            "R26 (linux-xlnx issue 38: AXI DMA race): two completion runners walk the same queue"
                + " while it is unlocked for a callback; each descriptor is handled once, one at a"
                + " time, in order")
    default void r26_twoRunners() {
        play(bench -> {
            bench.faults.expect(Fault.Kind.EXECUTOR_REFUSED);
            bench.engine.assumeCopies();
            AtomicInteger tasks = new AtomicInteger();
            AtomicInteger runners = new AtomicInteger();
            Executor twice =
                    task -> {
                        Runnable runner =
                                () -> {
                                    runners.incrementAndGet();
                                    task.run();
                                };
                        int number = tasks.incrementAndGet();
                        bench.parties.run("runner " + number, runner);
                        if (number % 2 == 1) {
                            bench.parties.run("runner " + number + " again", runner);
                        } else {
                            // The engine's own threads take over, though it runs already.
                            throw new IllegalStateException("refused, and run all the same");
                        }
                    };
            DmaChannel channel =
                    bench.engine
                            .opened()
                            .requestChannel(bench.channels.request().withCallbackExecutor(twice));
            List<Long> submitted = new ArrayList<>();
            List<Long> called = new CopyOnWriteArrayList<>();
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger insideMost = new AtomicInteger();
            MemorySegment source = bench.memory.source(64);
            MemorySegment target = bench.memory.target(64);
            for (int i = 0; i < 24; i++) {
                submitted.add(
                        channel.submit(
                                        bench.transfers
                                                .prepCopy(channel, target, source)
                                                .onComplete(result -> {
                                                    insideMost.accumulateAndGet(
                                                            inside.incrementAndGet(), Math::max);
                                                    awaitOther(bench, called, runners);
                                                    called.add(result.cookie());
                                                    bench.clock.look();
                                                    inside.decrementAndGet();
                                                }))
                                .cookie());
                channel.issuePending();
                bench.clock.passSome(2_000);
            }
            bench.parties.runWithin("drain()", channel::drain);
            boolean inOrder = !bench.engine.can(Capability.COMPLETION_NO_ORDER);
            assertEquals(submitted, inOrder ? called : called.stream().sorted().toList());
            assertEquals(1, insideMost.get(), "callbacks of one channel ran at the same time");
        });
    }

    /** The first callback goes on when the other runner walks the queue as well. */
    private static void awaitOther(ScenarioBench bench, List<Long> called, AtomicInteger runners) {
        if (called.isEmpty()) {
            bench.clock.await("the other runner", () -> runners.get() >= 2);
            bench.clock.aWhile();
        }
    }

    @Test
    @DisplayName(
            "R35 (virt-dma drops completed callbacks): completed, its callback delayed, then"
                + " terminated: the client learns the result exactly once, from the receipt, and no"
                + " callback comes")
    default void r35_resultOnceThoughCallbackDropped() {
        play(bench -> {
            HeldExecutor dispatcher = new HeldExecutor();
            DmaChannel channel = bench.channels.forCopies(dispatcher);
            AtomicInteger calls = new AtomicInteger();
            ScenarioCopy copy = bench.transfers.copy(channel, result -> calls.incrementAndGet());
            List<TransferResult> told = new CopyOnWriteArrayList<>();
            CompletableFuture<Void> heard = copy.transfer().toFuture().thenAccept(told::add);
            bench.transfers.outcome(copy.transfer());
            bench.clock.await("the callback to be scheduled", dispatcher::isScheduled);
            Receipt receipt = bench.parties.within("terminateSync()", channel::terminateSync);
            dispatcher.run();
            assertEquals(0, calls.get());
            Receipt.Entry entry = receipt.entry(copy.cookie()).orElseThrow();
            assertEquals(Outcome.COMPLETE, entry.outcome());
            assertEquals(ScenarioCopy.BYTES, entry.bytes());
            assertFalse(entry.callbackRan());
            assertEquals(1, receipt.entries().size());
            assertEquals(List.of(), channel.terminateSync().entries(), "told a second time");
            bench.clock.await("the future", heard::isDone);
            assertEquals(List.of(copy.result()), told);
            assertTrue(copy.result().isWhole());
        });
    }
}
