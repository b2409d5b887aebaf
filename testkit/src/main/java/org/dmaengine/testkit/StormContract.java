package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Flag;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.StaleDescriptorException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Many threads and random moments; the seed is in every message. */
interface StormContract extends ContractPart {
    /** Bytes of one transfer of the storms. */
    int SMALL = 4096;

    @Test
    @DisplayName("C2, C3 (R30): many threads submit on one channel; each transfer is counted once")
    default void shouldLoseNothingUnderManySubmitters() {
        TestBench bench = bench();
        bench.assumeCopies();
        int threads = 4;
        int each = 2 * bench.subject().rounds();
        DmaChannel channel =
                bench.engine().requestChannel(bench.request().withDepth(threads * each));
        MemorySegment source = bench.source(SMALL);
        Map<Long, Integer> callbacks = new ConcurrentHashMap<>();
        List<BoundedWaits.Running<List<Transfer>>> submitters = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            MemorySegment target = bench.target(SMALL);
            submitters.add(
                    bench.waits()
                            .start(
                                    "submitter",
                                    () ->
                                            submitMany(
                                                    bench, channel, target, source, each,
                                                    callbacks)));
        }
        int whole = 0;
        for (BoundedWaits.Running<List<Transfer>> submitter : submitters) {
            for (Transfer transfer : submitter.result()) {
                whole += bench.outcome(transfer).isWhole() ? 1 : 0;
            }
        }
        bench.waits().runWithin("drain()", channel::drain);
        assertEquals(threads * each, whole);
        assertEquals(threads * each, callbacks.size());
        assertEquals(List.of(), callbacks.values().stream().filter(n -> n != 1).toList());
        assertEquals((long) threads * each, channel.status(1).usedCookie());
    }

    private static List<Transfer> submitMany(
            TestBench bench,
            DmaChannel channel,
            MemorySegment target,
            MemorySegment source,
            int count,
            Map<Long, Integer> callbacks) {
        List<Transfer> transfers = new ArrayList<>();
        while (transfers.size() < count) {
            transfers.add(
                    channel.submit(
                            bench.prepCopy(channel, target, source)
                                    .onComplete(result ->
                                            callbacks.merge(result.cookie(), 1, Integer::sum))));
            channel.issuePending();
        }
        return transfers;
    }

    @Test
    @DisplayName("C2, C4, C5, C7, C9, P4: terminations at random moments lose and invent nothing")
    default void shouldSurviveTerminateStorm() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        MemorySegment source = bench.source(64 * SMALL);
        List<MemorySegment> targets = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            targets.add(bench.target(64 * SMALL));
        }
        AtomicInteger callbacks = new AtomicInteger();
        for (int round = 0; round < bench.subject().rounds(); round++) {
            String who = "seed " + seed + ", round " + round;
            bench.lateWrites().check();
            bench.lateWrites().forget();
            callbacks.set(0);
            List<Transfer> transfers = new ArrayList<>();
            for (MemorySegment target : targets) {
                DmaPattern.fillTarget(target, 0, target.byteSize());
                transfers.add(
                        channel.submit(
                                bench.prepCopy(channel, target, source)
                                        .onComplete(result -> callbacks.incrementAndGet())));
                if (random.nextBoolean()) {
                    channel.issuePending();
                }
            }
            LockSupport.parkNanos(random.nextInt(60_000));
            Receipt receipt =
                    bench.waits().within("terminateSync(), " + who, channel::terminateSync);
            int after = callbacks.get();
            for (int i = 0; i < transfers.size(); i++) {
                judge(who, transfers.get(i), targets.get(i), receipt);
                bench.lateWrites().freed(who + ", " + transfers.get(i), targets.get(i));
            }
            assertEquals(after, callbacks.get(), who + ": a callback came after the receipt");
            long ran = receipt.entries().stream().filter(Receipt.Entry::callbackRan).count();
            assertTrue(ran <= after, who + ": the receipt knows of callbacks that were not seen");
        }
    }

    private static void judge(
            String who, Transfer transfer, MemorySegment target, Receipt receipt) {
        TransferResult result = transfer.result().orElseThrow();
        String what = who + ": " + result;
        assertTrue(
                result.outcome() == Outcome.COMPLETE ? result.isWhole() : result.error().isEmpty(),
                what);
        assertEquals(target.byteSize(), result.bytes() + result.residueBytes(), what);
        DmaPattern.checkCopied(what, target, result.bytes());
        receipt.entry(transfer.cookie())
                .ifPresent(entry -> {
                    assertEquals(result.outcome(), entry.outcome(), what);
                    assertEquals(result.bytes(), entry.bytes(), what);
                });
    }

    @Test
    @DisplayName(
            "C4, C5, C14: submitters, terminators and a closer at once; everyone gets an answer")
    default void shouldSurviveSubmittersAgainstTerminators() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        long seed = System.nanoTime();
        MemorySegment source = bench.source(SMALL);
        AtomicBoolean stop = new AtomicBoolean();
        List<BoundedWaits.Running<List<CompletableFuture<TransferResult>>>> submitters =
                new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            MemorySegment target = bench.target(SMALL);
            submitters.add(
                    bench.waits()
                            .start(
                                    "submitter, seed " + seed,
                                    () -> submitUntil(bench, stop, channel, target, source)));
        }
        List<BoundedWaits.Running<String>> terminators = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            Random random = new Random(seed + t);
            terminators.add(
                    bench.waits()
                            .start(
                                    "terminator, seed " + seed,
                                    () -> terminate(random, channel, bench.subject().rounds())));
        }
        terminators.forEach(BoundedWaits.Running::result);
        stop.set(true);
        for (BoundedWaits.Running<List<CompletableFuture<TransferResult>>> each : submitters) {
            for (CompletableFuture<TransferResult> future : each.result()) {
                bench.waits().eventually("each future, seed " + seed, future::isDone);
                assertTrue(future.join().error().isEmpty());
            }
        }
        bench.waits().runWithin("close()", channel::close);
    }

    private static List<CompletableFuture<TransferResult>> submitUntil(
            TestBench bench,
            AtomicBoolean stop,
            DmaChannel channel,
            MemorySegment target,
            MemorySegment source) {
        List<CompletableFuture<TransferResult>> submitted = new ArrayList<>();
        while (!stop.get()) {
            Transfer transfer;
            try {
                transfer =
                        channel.submit(
                                bench.prepCopy(channel, target, source, Flag.INTERRUPT, Flag.ACK));
            } catch (StaleDescriptorException terminatedBetween) {
                continue;
            }
            channel.issuePending();
            submitted.add(transfer.toFuture());
            transfer.await();
        }
        return submitted;
    }

    private static String terminate(Random random, DmaChannel channel, int rounds) {
        for (int i = 0; i < rounds; i++) {
            LockSupport.parkNanos(random.nextInt(100_000));
            if (random.nextBoolean()) {
                channel.terminateSync();
            } else {
                channel.terminateAsync();
            }
        }
        return "done";
    }

    @Test
    @DisplayName("C13, C4 (R33): pauses, resumes and terminations at random moments hang nothing")
    default void shouldSurvivePauseStorm() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel(Capability.PAUSE);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        MemorySegment source = bench.source(256 * SMALL);
        MemorySegment target = bench.target(256 * SMALL);
        for (int round = 0; round < bench.subject().rounds() / 4; round++) {
            Transfer transfer = bench.copy(channel, target, source);
            LockSupport.parkNanos(random.nextInt(60_000));
            bench.waits().runWithin("pause(), seed " + seed, channel::pause);
            boolean terminate = random.nextInt(3) == 0;
            if (terminate) {
                bench.waits().within("terminateSync(), seed " + seed, channel::terminateSync);
            } else {
                channel.resume();
            }
            TransferResult result = bench.outcome(transfer);
            assertTrue(terminate || result.isWhole(), "seed " + seed + ": " + result);
        }
    }
}
