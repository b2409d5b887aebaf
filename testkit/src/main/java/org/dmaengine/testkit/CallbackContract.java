package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.CallbackContextException;
import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Fault;
import org.dmaengine.Flag;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;

/** Who is called back, when, and what may be done there: C3 and C10. */
interface CallbackContract extends ContractPart {
    @Test
    @DisplayName("C3: one callback per transfer, one at a time, in the order of completion")
    default void shouldCallBackOnceInOrder() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger insideMax = new AtomicInteger();
        List<Long> order = Collections.synchronizedList(new ArrayList<>());
        int count = 200;
        for (int i = 0; i < count; i++) {
            channel.submit(
                    bench.prepCopy(channel, bench.target(4096), source)
                            .onComplete(result -> {
                                insideMax.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                order.add(result.cookie());
                                inside.decrementAndGet();
                            }));
            if (i % 7 == 0) {
                channel.issuePending();
            }
        }
        channel.issuePending();
        bench.waits().runWithin("drain()", channel::drain);
        if (bench.can(Capability.COMPLETION_NO_ORDER)) {
            Collections.sort(order);
        }
        assertEquals(LongStream.rangeClosed(1, count).boxed().toList(), order);
        assertEquals(1, insideMax.get());
    }

    @Test
    @DisplayName("C3, C17: in the callback the bytes are there and the outcome is known")
    default void shouldSeeBytesInCallback() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(1 << 20);
        MemorySegment target = bench.target(1 << 20);
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        channel.submit(
                bench.prepCopy(channel, target, source)
                        .onComplete(result -> {
                            try {
                                DmaPattern.checkCopied("callback", target, result.bytes());
                                assertEquals(
                                        TransferState.COMPLETE, channel.state(result.cookie()));
                            } catch (AssertionError error) {
                                wrong.set(error);
                            }
                        }));
        channel.issuePending();
        bench.waits().runWithin("drain()", channel::drain);
        assertEquals(Optional.empty(), Optional.ofNullable(wrong.get()));
    }

    @Test
    @DisplayName("C3: no callback without INTERRUPT, and none can be set")
    default void shouldRefuseCallbackWithoutInterrupt() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        var silent = bench.prepCopy(channel, bench.target(4096), source, Flag.ACK);
        assertThrows(PrepRefusedException.class, () -> silent.onComplete(result -> {}));
        Transfer transfer = channel.submit(silent);
        channel.issuePending();
        assertTrue(bench.outcome(transfer).isWhole());
    }

    @Test
    @DisplayName("C3: a callback that throws is reported and disturbs nothing")
    default void shouldSurviveThrowingCallback() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        AtomicInteger calls = new AtomicInteger();
        List<Throwable> thrown =
                List.of(
                        new IllegalStateException("from the callback"),
                        new StackOverflowError("from the callback"),
                        new OutOfMemoryError("from the callback"));
        for (Throwable each : thrown) {
            channel.submit(
                    bench.prepCopy(channel, bench.target(4096), source)
                            .onComplete(result -> {
                                calls.incrementAndGet();
                                if (each instanceof Error error) {
                                    throw error;
                                }
                                throw (RuntimeException) each;
                            }));
        }
        channel.submit(
                bench.prepCopy(channel, bench.target(4096), source)
                        .onComplete(result -> calls.incrementAndGet()));
        channel.issuePending();
        bench.waits().runWithin("drain()", channel::drain);
        assertEquals(4, calls.get());
        List<Throwable> told = new ArrayList<>();
        for (Fault fault : bench.faults()) {
            assertEquals(Fault.Kind.CALLBACK_THREW, fault.kind());
            told.add(fault.cause().orElseThrow());
        }
        assertEquals(thrown.size(), told.size());
        assertTrue(told.containsAll(thrown), () -> told + " against " + thrown);
    }

    @Test
    @DisplayName("C3: a callback preps, submits, issues and queries on its own channel")
    default void shouldSubmitFromCallback() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(4096);
        CountDownLatch left = new CountDownLatch(20);
        ConcurrentLinkedQueue<TransferState> states = new ConcurrentLinkedQueue<>();
        Runnable[] again = new Runnable[1];
        again[0] =
                () -> {
                    channel.submit(
                            bench.prepCopy(channel, target, source)
                                    .onComplete(result -> {
                                        states.add(channel.state(result.cookie()));
                                        left.countDown();
                                        if (left.getCount() > 0) {
                                            again[0].run();
                                        }
                                    }));
                    channel.issuePending();
                };
        again[0].run();
        bench.waits().eventually("a chain of 20 transfers, each from the callback", left);
        assertEquals(Collections.nCopies(20, TransferState.COMPLETE), List.copyOf(states));
    }

    @Test
    @DisplayName("C3, C4: a callback terminates its own channel; nothing after it is called")
    default void shouldTerminateFromCallback() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        AtomicInteger others = new AtomicInteger();
        // What an engine that completes out of order has ended before the first.
        AtomicInteger earlier = new AtomicInteger();
        Transfer first =
                channel.submit(
                        bench.prepCopy(channel, bench.target(4096), source)
                                .onComplete(result -> {
                                    channel.terminateAsync();
                                    earlier.set(others.get());
                                }));
        List<Transfer> rest = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            rest.add(
                    channel.submit(
                            bench.prepCopy(channel, bench.target(4096), source)
                                    .onComplete(result -> others.incrementAndGet())));
        }
        channel.issuePending();
        assertTrue(bench.outcome(first).isWhole());
        rest.forEach(bench::outcome);
        bench.waits().within("synchronize()", channel::synchronize);
        assertEquals(earlier.get(), others.get());
        assertTrue(earlier.get() == 0 || bench.can(Capability.COMPLETION_NO_ORDER));
    }

    @Test
    @DisplayName("C10: every wait is refused inside a callback, and changes nothing")
    default void shouldRefuseToWaitInCallback() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        Transfer open = channel.submit(bench.prepCopy(channel, bench.target(4096), source));
        Duration second = Duration.ofSeconds(1);
        List<Runnable> waits =
                List.of(
                        channel::synchronize,
                        () -> channel.synchronize(second),
                        channel::terminateSync,
                        () -> channel.terminateSync(second),
                        channel::drain,
                        () -> channel.drain(second),
                        open::await,
                        () -> open.await(second),
                        channel::close,
                        () -> channel.close(second),
                        bench.engine()::close);
        List<Integer> notRefused = Collections.synchronizedList(new ArrayList<>());
        Transfer asker =
                channel.submit(
                        bench.prepCopy(channel, bench.target(4096), source)
                                .onComplete(result -> {
                                    for (int i = 0; i < waits.size(); i++) {
                                        try {
                                            waits.get(i).run();
                                            notRefused.add(i);
                                        } catch (CallbackContextException refused) {
                                            assertTrue(
                                                    refused.toString().contains("terminateAsync"));
                                        }
                                    }
                                }));
        channel.issuePending();
        bench.waits().runWithin("drain()", channel::drain);
        assertEquals(List.of(), notRefused);
        assertTrue(open.result().orElseThrow().isWhole(), "a refused call terminated it");
        assertTrue(asker.result().orElseThrow().isWhole());
        assertTrue(bench.outcome(bench.copy(channel, bench.target(4096), source)).isWhole());
        assertEquals(List.of(), bench.faults());
    }

    @Test
    @DisplayName("C10: waiting on another channel is refused inside a callback too")
    default void shouldRefuseToWaitForOthersInCallback() {
        TestBench bench = bench();
        bench.assumeChannels(2);
        DmaChannel channel = bench.copyChannel();
        DmaChannel other = bench.copyChannel();
        AtomicInteger refusals = new AtomicInteger();
        channel.submit(
                bench.prepCopy(channel, bench.target(4096), bench.source(4096))
                        .onComplete(result -> {
                            for (Runnable wait :
                                    List.<Runnable>of(
                                            other::synchronize,
                                            other::terminateSync,
                                            other::drain)) {
                                try {
                                    wait.run();
                                } catch (CallbackContextException refused) {
                                    refusals.incrementAndGet();
                                }
                            }
                        }));
        channel.issuePending();
        bench.waits().runWithin("drain()", channel::drain);
        assertEquals(3, refusals.get());
    }

    @Test
    @DisplayName("C3: callbacks run on the executor that was given")
    default void shouldUseGivenExecutor() {
        TestBench bench = bench();
        bench.assumeCopies();
        ExecutorService executor =
                bench.closing(
                        Executors.newSingleThreadExecutor(
                                Thread.ofPlatform().name("given").factory()));
        DmaChannel channel =
                bench.engine().requestChannel(bench.request().withCallbackExecutor(executor));
        AtomicReference<String> thread = new AtomicReference<>("");
        channel.submit(
                bench.prepCopy(channel, bench.target(4096), bench.source(4096))
                        .onComplete(result -> thread.set(Thread.currentThread().getName())));
        channel.issuePending();
        bench.waits().runWithin("drain()", channel::drain);
        assertEquals("given", thread.get());
    }

    @Test
    @DisplayName("C3, C5: an executor that refuses loses no callback")
    default void shouldSurviveRefusingExecutor() {
        TestBench bench = bench();
        bench.assumeCopies();
        DmaChannel channel =
                bench.engine()
                        .requestChannel(
                                bench.request()
                                        .withCallbackExecutor(task -> {
                                            throw new RejectedExecutionException("full");
                                        }));
        AtomicInteger calls = new AtomicInteger();
        MemorySegment source = bench.source(4096);
        for (int i = 0; i < 3; i++) {
            channel.submit(
                    bench.prepCopy(channel, bench.target(4096), source)
                            .onComplete(result -> calls.incrementAndGet()));
            channel.issuePending();
            bench.waits().runWithin("drain()", channel::drain);
        }
        assertEquals(3, calls.get());
        assertTrue(
                bench.faults().stream()
                        .anyMatch(fault -> fault.kind() == Fault.Kind.EXECUTOR_REFUSED));
    }

    @Test
    @DisplayName("C3: an executor that runs at once may submit and terminate from inside")
    default void shouldAllowExecutorThatRunsAtOnce() {
        TestBench bench = bench();
        bench.assumeCopies();
        DmaChannel channel =
                bench.engine().requestChannel(bench.request().withCallbackExecutor(Runnable::run));
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(4096);
        CountDownLatch over = new CountDownLatch(1);
        AtomicReference<Transfer> second = new AtomicReference<>();
        channel.submit(
                bench.prepCopy(channel, target, source)
                        .onComplete(result -> {
                            channel.submit(bench.prepCopy(channel, target, source));
                            channel.issuePending();
                            channel.terminateAsync();
                            second.set(channel.submit(bench.prepCopy(channel, target, source)));
                            channel.issuePending();
                            over.countDown();
                        }));
        channel.issuePending();
        bench.waits().eventually("the callback", over);
        assertTrue(bench.outcome(second.get()).isWhole());
    }

    @Test
    @DisplayName("C3, C14: a blocked callback holds up no other channel")
    default void shouldNotHoldUpNeighbour() {
        TestBench bench = bench();
        bench.assumeChannels(2);
        DmaChannel channel = bench.copyChannel();
        DmaChannel neighbour = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        BlockedCallback blocked = bench.closing(new BlockedCallback());
        channel.submit(
                bench.prepCopy(channel, bench.target(4096), source)
                        .onComplete(blocked::onComplete));
        channel.issuePending();
        blocked.awaitRunning(bench);
        AtomicInteger calls = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            neighbour.submit(
                    bench.prepCopy(neighbour, bench.target(4096), source)
                            .onComplete(result -> calls.incrementAndGet()));
        }
        neighbour.issuePending();
        bench.waits().runWithin("drain() of the neighbour", neighbour::drain);
        bench.waits().within("terminateSync() of the neighbour", neighbour::terminateSync);
        bench.waits().runWithin("close() of the neighbour", neighbour::close);
        assertEquals(20, calls.get());
        assertFalse(bench.engine().channels().contains(neighbour));
    }
}
