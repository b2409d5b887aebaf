package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.spi.IssuedTransfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * Four clients submit, issue, terminate, synchronize and pause one channel, while two threads of
 * its engine end transfers at random. One deadline for all; the seed is in the test's name.
 */
class StressTest {
    private static final int CLIENTS = 4;
    private static final int STEPS = 1_500;
    private static final int COOKIES_MAX = CLIENTS * STEPS * 2;

    static LongStream seeds() {
        return LongStream.of(1, 2, 3, 4, System.nanoTime());
    }

    /** Per cookie: 1 while a thread of the engine is touching its memory. */
    private final AtomicIntegerArray touching = new AtomicIntegerArray(COOKIES_MAX);

    /** Per cookie: 1 while its callback is running, 2 once it has returned. */
    private final AtomicIntegerArray callback = new AtomicIntegerArray(COOKIES_MAX);

    private final AtomicLong callbacksInside = new AtomicLong();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Queue<Transfer> transfers = new ConcurrentLinkedQueue<>();
    private final Set<Long> inReceipts = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Semaphore doorbell = new Semaphore(0);

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("C2, C3, C4, C6, C9: under all races at once")
    void shouldKeepPromisesUnderStress(long seed) {
        SplittableRandom root = new SplittableRandom(seed);
        Queue<Fault> faults = new ConcurrentLinkedQueue<>();
        ManualEngine provider = ManualEngine.ofChannels(1);
        DmaEngine engine =
                DmaEngines.open(provider, EngineOptions.defaults().withFaults(faults::add));
        try (DmaArena arena = DmaArena.open()) {
            var source = arena.allocate(64);
            var target = arena.allocate(64);
            DmaChannel channel =
                    engine.requestChannel(
                            ChannelRequest.of(Capability.MEMCPY, Capability.PAUSE).withDepth(64));
            ManualBackend backend = provider.channels.getFirst();
            backend.onStart = doorbell::release;
            backend.onAbort = doorbell::release;
            List<Thread> engineThreads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                SplittableRandom random = root.split();
                engineThreads.add(start("stress-engine", () -> runEngine(backend, random)));
            }
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SplittableRandom random = root.split();
                clients.add(
                        start(
                                "stress-client",
                                () -> {
                                    for (int step = 0; step < STEPS; step++) {
                                        step(
                                                channel,
                                                random,
                                                () -> channel.prepMemcpy(target, source));
                                    }
                                }));
            }
            clients.forEach(Bench::join);
            Thread closer =
                    start(
                            "stress-closer",
                            () -> {
                                collect(channel.terminateSync());
                                channel.close();
                                engine.close();
                            });
            Bench.join(closer);
            stop.set(true);
            engineThreads.forEach(Bench::join);
        }

        assertThat(violations).isEmpty();
        assertThat(faults).isEmpty();
        assertThat(transfers.size()).isGreaterThan(CLIENTS * STEPS / 10);
        for (Transfer transfer : transfers) {
            TransferResult result = transfer.result().orElseThrow();
            int called = callback.get((int) transfer.cookie());
            if (called == 0) {
                assertThat(inReceipts)
                        .as("C5, C9: %s was not called back", transfer)
                        .contains(transfer.cookie());
            }
            assertThat(result.bytes() + result.residueBytes()).isEqualTo(64);
        }
    }

    private Thread start(String name, Runnable body) {
        return Thread.ofPlatform()
                .name(name)
                .daemon(true)
                .start(() -> {
                    try {
                        body.run();
                    } catch (RuntimeException | Error broken) {
                        violations.add(name + ": " + broken);
                    }
                });
    }

    private interface Prep {
        Descriptor prep();
    }

    private void step(DmaChannel channel, SplittableRandom random, Prep prep) {
        int dice = random.nextInt(100);
        if (dice < 60) {
            submit(channel, prep);
        } else if (dice < 80) {
            channel.issuePending();
        } else if (dice < 86) {
            channel.terminateAsync();
        } else if (dice < 92) {
            terminateAndLook(channel);
        } else if (dice < 94) {
            collect(
                    channel.synchronize(Duration.ofNanos(random.nextInt(100_000))).receipt(),
                    false);
        } else if (dice < 96) {
            pauseAndResume(channel);
        } else {
            long cookie = random.nextLong(1, COOKIES_MAX);
            TransferStatus status = channel.status(cookie);
            if (status.residueBytes() < 0 || status.residueBytes() > 64) {
                violations.add("C2: residue " + status);
            }
        }
    }

    private void submit(DmaChannel channel, Prep prep) {
        try {
            transfers.add(channel.submit(prep.prep().onComplete(this::called)));
        } catch (StaleDescriptorException terminated) {
            // Another client terminated between prep and submit (C15).
            Thread.onSpinWait();
        } catch (QueueFullException full) {
            channel.issuePending();
        }
    }

    private void called(TransferResult result) {
        int cookie = (int) result.cookie();
        if (callbacksInside.incrementAndGet() != 1) {
            violations.add("C3: two callbacks at a time");
        }
        if (!callback.compareAndSet(cookie, 0, 1)) {
            violations.add("C3: called twice: " + cookie);
        }
        if (touching.get(cookie) != 0) {
            violations.add("C2: called back while touched: " + cookie);
        }
        callback.set(cookie, 2);
        callbacksInside.decrementAndGet();
    }

    private void terminateAndLook(DmaChannel channel) {
        long used = channel.status(1).usedCookie();
        collect(channel.terminateSync());
        for (long cookie = 1; cookie <= used; cookie++) {
            if (touching.get((int) cookie) != 0) {
                violations.add("C6: touched after synchronize: " + cookie);
            }
            if (callback.get((int) cookie) == 1) {
                violations.add("C6: callback after synchronize: " + cookie);
            }
            if (channel.state(cookie) == TransferState.IN_PROGRESS) {
                violations.add("C2: no outcome after synchronize: " + cookie);
            }
        }
    }

    private void collect(Receipt receipt) {
        collect(receipt, true);
    }

    private void collect(Receipt receipt, boolean quiesced) {
        Set<Long> once = ConcurrentHashMap.newKeySet();
        for (Receipt.Entry entry : receipt.entries()) {
            if (!once.add(entry.cookie())) {
                violations.add("C9: twice in a receipt: " + entry);
            }
            if (quiesced) {
                inReceipts.add(entry.cookie());
            }
        }
        if (!quiesced) {
            inReceipts.addAll(once);
        }
    }

    private void pauseAndResume(DmaChannel channel) {
        try {
            channel.pause();
            channel.resume();
        } catch (IllegalStateException overtaken) {
            // Another client resumed or terminated it meanwhile (C13).
            Thread.onSpinWait();
        }
    }

    private void runEngine(ManualBackend backend, SplittableRandom random) {
        List<IssuedTransfer> mine = new ArrayList<>();
        List<Long> tickets = new ArrayList<>();
        while (!stop.get()) {
            IssuedTransfer next = tickets.size() < 4 ? backend.queue().next() : null;
            if (next != null) {
                mine.add(next);
                tickets.add(next.ticket());
                touching.set((int) next.ticket(), 1);
            } else if (tickets.isEmpty()) {
                await();
            } else {
                int at = random.nextInt(tickets.size());
                long ticket = tickets.remove(at);
                boolean stopped = mine.remove(at).stopRequested();
                touching.set((int) ticket, 0);
                backend.queue()
                        .end(
                                ticket,
                                stopped ? Outcome.ABORTED : Outcome.COMPLETE,
                                stopped ? random.nextInt(64) : 64);
            }
        }
    }

    private void await() {
        try {
            if (!doorbell.tryAcquire(1, TimeUnit.MILLISECONDS)) {
                Thread.onSpinWait();
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
