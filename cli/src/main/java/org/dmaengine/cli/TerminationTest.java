package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Quiesced;
import org.dmaengine.Quiescence;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.TransferResult;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Termination under load: queues transfers, lets them run, stops them at a random moment in one of
 * the ways there are, and holds the channel to what it then says. Receipts must agree with the
 * handles (C9), outcomes with the data (C2, C5), no callback may run afterwards (C4), and no byte
 * be written to a buffer that was reported free.
 */
final class TerminationTest implements Trial {
    private static final int TRANSFERS_MAX = 24;
    private static final int BUFFER_BYTES_MAX = 256 << 10;
    private static final int MOMENT_NANOS_MAX = 150_000;
    private static final int DEADLINE_NANOS_MAX = 100_000;

    /** How a round ends. */
    private enum Way {
        SYNC,
        ASYNC_THEN_SYNCHRONIZE,
        FROM_CALLBACK,
        FROM_THREAD,
        TIMED,
        HALF_ISSUED,
        CLOSE
    }

    private final TestBench bench;
    private final Loads loads;

    TerminationTest(TestBench bench) {
        this.bench = bench;
        this.loads =
                new Loads(bench, Math.min(BUFFER_BYTES_MAX, 4 * bench.options().bufferBytes()));
    }

    @Override
    public void round() {
        Way way = Way.values()[bench.random().nextInt(Way.values().length)];
        DmaChannel channel = way == Way.CLOSE ? another() : bench.channel();
        try (Round round = new Round(bench, channel, loads.buffers(), loads.some(), true)) {
            submitAll(round, channel, way);
            Moment.passIn(bench.random(), MOMENT_NANOS_MAX);
            Map<Long, Receipt.Entry> entries = entriesOf(stop(channel, way));
            for (TrialTransfer each : round.transfers()) {
                each.transfer().ifPresent(_ -> checkReceipt(each, entries));
                round.check(each);
            }
            round.settle();
        }
    }

    @Override
    public void finish() {
        loads.close();
    }

    /** A channel for one round, which its close ends. */
    private DmaChannel another() {
        DmaChannel like = bench.channel();
        return like.engine()
                .requestChannel(
                        ChannelRequest.of(like.capabilities().toArray(Capability[]::new))
                                .withName(like.name() + "-once"));
    }

    private void submitAll(Round round, DmaChannel channel, Way way) {
        int count = bench.random().nextInt(1, TRANSFERS_MAX + 1);
        int terminating = way == Way.FROM_CALLBACK ? bench.random().nextInt(count) : -1;
        Thread other = terminator(channel, bench.random().split());
        if (way == Way.FROM_THREAD) {
            other.start();
        }
        // Whether somebody may terminate while this thread still submits.
        boolean mayBeStale = way == Way.FROM_CALLBACK || way == Way.FROM_THREAD;
        for (int i = 0; i < count; i++) {
            boolean here = i == terminating;
            if (!round.submit(here ? channel::terminateAsync : () -> {}) && !mayBeStale) {
                throw new TestFailure("stale, and nobody terminated the channel (C15)");
            }
            boolean held = way == Way.HALF_ISSUED && i > count / 2;
            if (!held && bench.random().nextInt(3) > 0) {
                channel.issuePending();
            }
        }
        round.submitted();
        if (way != Way.HALF_ISSUED) {
            channel.issuePending();
        }
        Uninterrupted.join(other);
    }

    private static Thread terminator(DmaChannel channel, SplittableRandom random) {
        return Thread.ofVirtual()
                .name("test-terminator")
                .unstarted(() -> {
                    Moment.passIn(random, MOMENT_NANOS_MAX);
                    channel.terminateAsync();
                });
    }

    private Receipt stop(DmaChannel channel, Way way) {
        bench.tally().termination();
        Duration timeout = bench.options().timeout();
        return switch (way) {
            case SYNC, HALF_ISSUED, FROM_CALLBACK, FROM_THREAD ->
                    quiesced(channel.terminateSync(timeout));
            case CLOSE -> quiesced(channel.close(timeout));
            case ASYNC_THEN_SYNCHRONIZE -> {
                channel.terminateAsync();
                Moment.passIn(bench.random(), DEADLINE_NANOS_MAX);
                yield quiesced(channel.synchronize(timeout));
            }
            case TIMED -> {
                Duration soon = Duration.ofNanos(bench.random().nextInt(DEADLINE_NANOS_MAX));
                yield switch (channel.terminateSync(soon)) {
                    case Quiesced done -> done.receipt();
                    case StillOwned still -> {
                        if (still.transfers().isEmpty() && still.reason().isBlank()) {
                            throw new TestFailure("still owned, but it does not say what or why");
                        }
                        yield quiesced(channel.synchronize(timeout));
                    }
                };
            }
        };
    }

    private static Receipt quiesced(Quiescence answer) {
        return switch (answer) {
            case Quiesced done -> done.receipt();
            case StillOwned still ->
                    throw new TestFailure("not quiet after a termination: " + still.reason());
        };
    }

    private static Map<Long, Receipt.Entry> entriesOf(Receipt receipt) {
        Map<Long, Receipt.Entry> entries = new HashMap<>();
        for (Receipt.Entry entry : receipt.entries()) {
            if (entries.put(entry.cookie(), entry) != null) {
                throw new TestFailure("the receipt lists cookie " + entry.cookie() + " twice");
            }
        }
        return entries;
    }

    private static void checkReceipt(TrialTransfer transfer, Map<Long, Receipt.Entry> entries) {
        TransferResult result = transfer.result();
        Receipt.Entry entry = entries.get(result.cookie());
        if (entry == null && result.outcome() == Outcome.ABORTED) {
            throw transfer.failure("was aborted, and the receipt does not list it (C9)");
        }
        if (entry != null && !agrees(entry, result, transfer)) {
            throw transfer.failure("receipt and handle differ (C9): " + entry + ", " + result);
        }
    }

    private static boolean agrees(
            Receipt.Entry entry, TransferResult result, TrialTransfer transfer) {
        return entry.outcome() == result.outcome()
                && entry.bytes() == result.bytes()
                && entry.residueBytes() == result.residueBytes()
                && entry.callbackRan() == (transfer.callbacks() > 0);
    }
}
