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

/** Code of the client inside a callback: what it may call, and what it may do wrong. */
interface ReentryScenarios extends ScenarioPart {
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
