package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Random walks over all arrows of the state machine, one thread, nothing concurrent, held against a
 * model that a page of code can hold: who is submitted, on the engine, ended; which generation.
 */
class RandomStepsTest {
    private static final int STEPS = 400;

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 150), LongStream.of(System.nanoTime()));
    }

    private final Map<Long, Integer> generationOf = new HashMap<>();
    private final Map<Long, Outcome> outcomes = new TreeMap<>();
    private final Map<Long, Outcome> receipts = new TreeMap<>();
    private final Set<Long> queued = new HashSet<>();
    private final Set<Long> onEngine = new HashSet<>();
    private final Set<Long> notCalled = new HashSet<>();
    private final List<Transfer> transfers = new ArrayList<>();
    private int generation;
    private boolean paused;

    private Bench bench;
    private SplittableRandom random;

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("C1 to C15: the channel stands where the model says, after each step")
    void shouldFollowModel(long seed) {
        random = new SplittableRandom(seed);
        int depth = 1 << random.nextInt(6);
        try (Bench walked = new Bench(request -> request.withDepth(depth))) {
            bench = walked;
            for (int step = 0; step < STEPS; step++) {
                String what = step();
                try {
                    check();
                } catch (AssertionError wrong) {
                    throw new AssertionError(
                            "seed " + seed + ", step " + step + " (" + what + ")", wrong);
                }
            }
            finish();
        }
    }

    private String step() {
        int dice = random.nextInt(100);
        if (dice < 30) {
            submit();
            return "submit";
        } else if (dice < 45) {
            bench.channel.issuePending();
            return "issue";
        } else if (dice < 60) {
            take(1 + random.nextInt(4));
            return "take";
        } else if (dice < 78) {
            end();
            return "end";
        } else if (dice < 86) {
            bench.callbacks.run();
            return "callbacks";
        } else if (dice < 89) {
            pauseOrResume();
            return "pause or resume";
        } else if (dice < 93) {
            terminate();
            return "terminate";
        } else if (dice < 97) {
            synchronizeNow();
            return "synchronize";
        } else {
            wrongReport();
            return "wrong report";
        }
    }

    private void submit() {
        boolean callback = random.nextBoolean();
        Flag[] flags =
                random.nextInt(4) == 0
                        ? new Flag[] {Flag.INTERRUPT, Flag.ACK, Flag.FENCE}
                        : new Flag[] {Flag.INTERRUPT, Flag.ACK};
        Descriptor descriptor = bench.prep(flags);
        if (callback) {
            descriptor.onComplete(this::called);
        }
        Transfer transfer;
        try {
            transfer = bench.submit(descriptor);
        } catch (QueueFullException full) {
            return;
        }
        transfers.add(transfer);
        generationOf.put(transfer.cookie(), generation);
        queued.add(transfer.cookie());
        if (callback) {
            notCalled.add(transfer.cookie());
        }
    }

    private void called(TransferResult result) {
        assertThat(notCalled.remove(result.cookie())).as("C3: called once").isTrue();
        assertThat(generationOf.get(result.cookie())).as("C4").isEqualTo(generation);
        assertThat(result.outcome()).isEqualTo(outcomes.get(result.cookie()));
        if (random.nextInt(8) == 0) {
            submit();
            bench.channel.issuePending();
        } else if (random.nextInt(20) == 0) {
            terminate();
        }
    }

    private void take(int countMax) {
        boolean oldOnEngine = onEngine.stream().anyMatch(c -> generationOf.get(c) != generation);
        List<Long> taken = bench.backend.take(countMax);
        if (oldOnEngine) {
            assertThat(taken).as("C6: old work is on the engine").isEmpty();
        }
        if (paused) {
            assertThat(taken).as("C13").isEmpty();
        }
        for (long cookie : taken) {
            assertThat(queued.remove(cookie)).as("%d was queued", cookie).isTrue();
            assertThat(generationOf.get(cookie)).as("C4").isEqualTo(generation);
            onEngine.add(cookie);
        }
    }

    private void end() {
        if (onEngine.isEmpty()) {
            return;
        }
        List<Long> candidates = List.copyOf(onEngine);
        long cookie = candidates.get(random.nextInt(candidates.size()));
        Outcome outcome = Outcome.values()[random.nextInt(4)];
        onEngine.remove(cookie);
        outcomes.put(cookie, outcome);
        switch (outcome) {
            case COMPLETE -> bench.backend.complete(cookie);
            case ABORTED -> bench.backend.abortOne(cookie, random.nextInt(65));
            case READ_FAILED, WRITE_FAILED ->
                    bench.backend.fail(
                            cookie, outcome, random.nextInt(65), TransferError.of(1, "seeded"));
        }
    }

    private void pauseOrResume() {
        if (paused) {
            bench.channel.resume();
        } else {
            bench.channel.pause();
        }
        paused = !paused;
    }

    private void terminate() {
        generation++;
        paused = false;
        for (long cookie : queued) {
            outcomes.put(cookie, Outcome.ABORTED);
        }
        queued.clear();
        bench.channel.terminateAsync();
    }

    private void synchronizeNow() {
        Quiescence answer = bench.channel.synchronize(Duration.ZERO);
        boolean oldOnEngine = onEngine.stream().anyMatch(c -> generationOf.get(c) != generation);
        if (oldOnEngine) {
            assertThat(answer.isQuiesced()).as("C6").isFalse();
        }
        if (answer instanceof Quiesced(Receipt receipt)) {
            collect(receipt);
        }
    }

    private void collect(Receipt receipt) {
        Bench.outcomes(receipt)
                .forEach((cookie, outcome) -> {
                    assertThat(receipts.put(cookie, outcome)).as("C9: twice").isNull();
                    assertThat(outcome).isEqualTo(outcomes.get(cookie));
                    assertThat(generationOf.get(cookie)).isLessThan(generation);
                });
    }

    private void wrongReport() {
        long ticket = random.nextLong(transfers.size() + 3L);
        if (!onEngine.contains(ticket)) {
            bench.backend.queue().end(ticket, Outcome.COMPLETE, 1);
            assertThat(bench.faultKinds()).contains(Fault.Kind.ENGINE_CONTRACT);
            bench.faults.clear();
        }
    }

    private void check() {
        for (Transfer transfer : transfers) {
            long cookie = transfer.cookie();
            Outcome expected = outcomes.get(cookie);
            TransferState state = bench.channel.state(cookie);
            if (expected == null) {
                assertThat(transfer.result()).as("%d has no outcome", cookie).isEmpty();
                assertThat(state)
                        .isEqualTo(paused ? TransferState.PAUSED : TransferState.IN_PROGRESS);
            } else {
                assertThat(transfer.result().orElseThrow().outcome()).isEqualTo(expected);
                assertThat(state).isEqualTo(TransferState.of(expected));
            }
        }
        TransferStatus status = bench.channel.status(transfers.size());
        assertThat(status.usedCookie()).isEqualTo(transfers.size());
        long completed = 0;
        while (outcomes.containsKey(completed + 1)) {
            completed++;
        }
        assertThat(status.completedCookie()).isEqualTo(completed);
        bench.expectNoFaults();
    }

    private void finish() {
        terminate();
        for (long cookie : List.copyOf(onEngine)) {
            onEngine.remove(cookie);
            outcomes.put(cookie, Outcome.COMPLETE);
            bench.backend.complete(cookie);
        }
        collect(bench.channel.synchronize());
        bench.callbacks.run();
        check();
        assertThat(outcomes).as("C2: every transfer").hasSize(transfers.size());
        for (long cookie : notCalled) {
            assertThat(receipts).as("C5: what was not called back").containsKey(cookie);
        }
    }
}
