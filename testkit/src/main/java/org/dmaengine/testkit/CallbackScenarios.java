package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.CallbackContextException;
import org.dmaengine.Capability;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Fault;
import org.dmaengine.Flag;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.RunningCallback;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;
import org.dmaengine.TransferCallback;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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
            "R4 (virt-dma: desc_free under a spin_lock): code of the client that blocks - callback,"
                + " executor, fault listener; there is no descriptor-free hook - holds no lock of"
                + " the channel, and callbacks run in one context only")
    default void r04_userCodeRunsWithoutLocks() {
        play(bench -> {
            bench.faults.expect(Fault.Kind.CALLBACK_THREW);
            DmaChannel first = bench.channels.forCopies();
            Gate inCallback = bench.gate();
            List<String> contexts = new CopyOnWriteArrayList<>();
            bench.transfers.copy(
                    first,
                    result -> {
                        contexts.add(Thread.currentThread().getName());
                        inCallback.pass();
                    });
            inCallback.awaitEntered("the callback to run");
            useFromElsewhere(bench, first);
            inCallback.open();
            contexts.addAll(contextsOf(bench, first));

            Gate inExecutor = bench.gate();
            Executor blocking =
                    task -> {
                        inExecutor.pass();
                        bench.parties.run("callbacks", task);
                    };
            DmaChannel second =
                    bench.engine
                            .opened()
                            .requestChannel(
                                    bench.channels.request().withCallbackExecutor(blocking));
            // On a thread of its own: an engine may run all of it inside the doorbell.
            bench.parties.start("a copy", () -> bench.transfers.copy(second));
            inExecutor.awaitEntered("the executor to be called");
            useFromElsewhere(bench, second);
            inExecutor.open();
            for (String each : contextsOf(bench, second)) {
                assertEquals("callbacks", each);
            }

            Gate inListener = bench.gate();
            bench.faults.onFault(fault -> inListener.pass());
            DmaChannel third = bench.channels.open();
            bench.transfers.copy(
                    third,
                    result -> {
                        contexts.add(Thread.currentThread().getName());
                        throw new IllegalStateException("thrown by the scenario");
                    });
            inListener.awaitEntered("the fault listener to be called");
            useFromElsewhere(bench, third);
            inListener.open();
            contexts.addAll(contextsOf(bench, third));
            for (String each : contexts) {
                assertTrue(each.startsWith("dma-callback-"), each);
            }
        });
    }

    /** The threads of some callbacks. */
    private static List<String> contextsOf(ScenarioBench bench, DmaChannel channel) {
        List<String> contexts = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 3; i++) {
            bench.transfers.copy(channel, result -> contexts.add(Thread.currentThread().getName()));
        }
        bench.parties.runWithin("drain()", channel::drain);
        assertEquals(3, contexts.size());
        return contexts;
    }

    private static void useFromElsewhere(ScenarioBench bench, DmaChannel channel) {
        bench.parties.runWithin(
                "the use of " + channel,
                () -> {
                    ScenarioCopy copy =
                            bench.transfers.submit(channel, ScenarioCopy.BYTES, result -> {});
                    channel.issuePending();
                    channel.status(copy.cookie());
                    channel.state(copy.cookie());
                    channel.terminateAsync();
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
            "R12 (at_xdmac: race for the tx desc callback): a callback preps the next transfer; it"
                    + " is another object with another cookie, and each callback fires once")
    default void r12_callbackPrepsNext() {
        play(bench -> {
            int links = bench.isSimulated() ? 10 : 300;
            DmaChannel channel = bench.channels.forCopies(2);
            MemorySegment source = bench.memory.source(ScenarioCopy.BYTES);
            MemorySegment target = bench.memory.target(ScenarioCopy.BYTES);
            Set<Descriptor> prepared =
                    Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
            List<Long> submitted = new CopyOnWriteArrayList<>();
            List<Long> called = new CopyOnWriteArrayList<>();
            TransferCallback chain =
                    new TransferCallback() {
                        @Override
                        public void onComplete(TransferResult result) {
                            called.add(result.cookie());
                            if (called.size() < links) {
                                submit();
                            }
                        }

                        void submit() {
                            Descriptor next =
                                    bench.transfers
                                            .prepCopy(channel, target, source)
                                            .onComplete(this);
                            assertTrue(prepared.add(next), "the same object was prepared again");
                            submitted.add(channel.submit(next).cookie());
                            channel.issuePending();
                        }
                    };
            Descriptor first = bench.transfers.prepCopy(channel, target, source).onComplete(chain);
            prepared.add(first);
            submitted.add(channel.submit(first).cookie());
            channel.issuePending();
            bench.clock.await("the last callback", () -> called.size() >= links);
            bench.parties.within("synchronize()", channel::synchronize);
            assertEquals(submitted, called);
            assertEquals(links, Set.copyOf(called).size());
            assertEquals(links, prepared.size());
        });
    }

    @Test
    @DisplayName(
            "R23 (858c21c0 pl08x: callback outside the spinlock): a callback preps, submits,"
                    + " issues, asks, pauses, resumes and terminates its own channel without a"
                    + " deadlock")
    default void r23_callbackUsesItsChannel() {
        play(bench -> {
            DmaChannel channel = bench.channels.forCopies();
            AtomicReference<Transfer> inner = new AtomicReference<>();
            AtomicBoolean returned = new AtomicBoolean();
            AtomicInteger innerCalls = new AtomicInteger();
            boolean pauses = bench.engine.can(Capability.PAUSE);
            bench.transfers.copy(
                    channel,
                    result -> {
                        ScenarioCopy next =
                                bench.transfers.submit(
                                        channel,
                                        ScenarioCopy.BYTES,
                                        any -> innerCalls.incrementAndGet());
                        inner.set(next.transfer());
                        channel.issuePending();
                        if (pauses) {
                            channel.pause();
                            channel.resume();
                        }
                        assertNotEquals(TransferState.UNKNOWN, channel.state(next.cookie()));
                        assertEquals(next.cookie(), channel.status(next.cookie()).usedCookie());
                        channel.terminateAsync();
                        returned.set(true);
                    });
            bench.clock.await("the callback to return", returned::get);
            bench.parties.within("synchronize()", channel::synchronize);
            assertTrue(inner.get().result().isPresent());
            assertEquals(0, innerCalls.get(), "called though its generation was closed");
            bench.transfers.requireWorking(channel);
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
            "R29 (dx_dma: sleeping in dw_edma_free_desc): whoever would wait for himself inside a"
                    + " callback is refused at once, and nothing changes; outside, in a future, it"
                    + " works")
    default void r29_noSelfWait() {
        play(bench -> {
            bench.engine.modelThatStops();
            DmaChannel channel = bench.channels.forCopies();
            AtomicReference<HeldRead> behind = new AtomicReference<>();
            Gate ready = bench.gate();
            AtomicInteger refused = new AtomicInteger();
            ScenarioCopy first =
                    bench.transfers.copy(
                            channel,
                            result -> {
                                ready.pass();
                                Transfer running = behind.get().transfer();
                                List<Executable> waits =
                                        List.of(
                                                channel::synchronize,
                                                () -> channel.synchronize(Duration.ofSeconds(1)),
                                                channel::terminateSync,
                                                channel::drain,
                                                channel::close,
                                                running::await,
                                                bench.engine.opened()::close);
                                for (Executable wait : waits) {
                                    assertThrows(CallbackContextException.class, wait);
                                    refused.incrementAndGet();
                                }
                            });
            behind.set(HeldRead.open(bench, channel, result -> {}));
            Transfer held = behind.get().transfer();
            ready.open();
            bench.clock.await("all to be refused", () -> refused.get() == 7);
            assertTrue(behind.get().isHeld(), "a refused call terminated " + held);
            CompletableFuture<Void> terminated = held.toFuture().thenRun(channel::terminateSync);
            behind.get().finish();
            bench.clock.await("terminateSync() in a future", terminated::isDone);
            terminated.join();
            assertTrue(first.result().isWhole());
            assertTrue(held.result().orElseThrow().isWhole());
        });
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

    @Test
    @DisplayName(
            "E17 (many): an exception, an Error or an endless loop in a callback: other channels go"
                    + " on, and what is still owned names the callback that does not return")
    default void e17_callbackThatFailsOrLoops() {
        play(bench -> {
            bench.faults.expect(Fault.Kind.CALLBACK_THREW);
            DmaChannel channel = bench.channels.forCopies();
            DmaChannel neighbour = bench.channels.open();
            List<Runnable> bodies =
                    List.of(
                            () -> {
                                throw new IllegalStateException("planted");
                            },
                            () -> overflow(1),
                            () -> {
                                throw new OutOfMemoryError("planted");
                            });
            for (Runnable body : bodies) {
                bench.transfers.copy(channel, result -> body.run());
            }
            bench.clock.await(
                    "three faults",
                    () -> bench.faults.count(Fault.Kind.CALLBACK_THREW) == bodies.size());
            AtomicBoolean stop = new AtomicBoolean();
            AutoCloseable stopper = () -> stop.set(true);
            bench.closing(stopper);
            AtomicInteger turns = new AtomicInteger();
            ScenarioCopy looping =
                    bench.transfers.copy(
                            channel,
                            result -> {
                                while (!stop.get()) {
                                    turns.incrementAndGet();
                                    bench.clock.scheduler().park(1_000);
                                }
                            });
            bench.clock.await("the loop to go round", () -> turns.get() > 3);
            bench.transfers.requireWorking(neighbour);
            StillOwned owned =
                    assertInstanceOf(
                            StillOwned.class,
                            bench.parties.within(
                                    "terminateSync(timeout)",
                                    () -> channel.terminateSync(bench.clock.whileLong())));
            RunningCallback named = owned.callback().orElseThrow();
            assertEquals(channel.name(), named.channel());
            assertEquals(looping.cookie(), named.cookie());
            assertFalse(named.thread().isEmpty());
            assertEquals(List.of(), owned.transfers());
            bench.transfers.requireWorking(neighbour);
            stop.set(true);
            bench.parties.within("synchronize()", channel::synchronize);
        });
    }

    private static int overflow(int depth) {
        return depth == Integer.MAX_VALUE ? 0 : overflow(depth + 1) + depth;
    }
}
