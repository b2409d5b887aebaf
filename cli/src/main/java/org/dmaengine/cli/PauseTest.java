package org.dmaengine.cli;

import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferStatus;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pauses at a random moment (C13): no byte moves and no residue changes; then either goes on, and
 * nothing was lost, or terminates, and the channel works again.
 */
final class PauseTest implements Trial {
    private static final int TRANSFERS_MAX = 8;
    private static final long BUFFER_BYTES = 256 << 10;
    private static final int LOOKS = 50;
    private static final int MOMENT_NANOS_MAX = 60_000;

    private final TestBench bench;
    private final MemorySegment source;
    private final List<MemorySegment> targets = new ArrayList<>();

    PauseTest(TestBench bench) {
        this.bench = bench;
        this.source = bench.arena().allocate(BUFFER_BYTES, 64);
        for (int i = 0; i < TRANSFERS_MAX; i++) {
            targets.add(bench.arena().allocate(BUFFER_BYTES, 64));
        }
        Pattern.fillSource(source, 0, BUFFER_BYTES);
    }

    @Override
    public void round() {
        DmaChannel channel = bench.channel();
        List<Transfer> transfers = new ArrayList<>();
        int count = bench.random().nextInt(1, TRANSFERS_MAX + 1);
        for (int i = 0; i < count; i++) {
            Pattern.fillTarget(targets.get(i), 0, BUFFER_BYTES);
            transfers.add(channel.submit(channel.prepMemcpy(targets.get(i), source)));
        }
        channel.issuePending();
        Moment.passIn(bench.random(), MOMENT_NANOS_MAX);
        channel.pause();
        requireStill(transfers, count);
        boolean goOn = bench.random().nextBoolean();
        if (goOn) {
            channel.resume();
        } else {
            bench.tally().termination();
            if (!channel.terminateSync(bench.options().timeout()).isQuiesced()) {
                throw new TestFailure("pause: not quiet after a termination");
            }
        }
        for (int i = 0; i < count; i++) {
            TransferResult result = bench.await(transfers.get(i), 0, 0, BUFFER_BYTES);
            check(result, targets.get(i), goOn);
        }
    }

    private void requireStill(List<Transfer> transfers, int count) {
        List<TransferStatus> before = statuses(transfers);
        List<MemorySegment> contents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            contents.add(
                    MemorySegment.ofArray(
                            targets.get(i).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)));
        }
        for (int look = 0; look < LOOKS; look++) {
            Thread.onSpinWait();
            List<TransferStatus> after = statuses(transfers);
            if (!after.equals(before)) {
                throw new TestFailure(
                        "pause: a paused channel went on, from " + before + " to " + after);
            }
        }
        for (int i = 0; i < count; i++) {
            if (contents.get(i).mismatch(targets.get(i)) >= 0) {
                throw new TestFailure("pause: a paused channel wrote");
            }
        }
    }

    private List<TransferStatus> statuses(List<Transfer> transfers) {
        return transfers.stream().map(t -> bench.channel().status(t.cookie())).toList();
    }

    private void check(TransferResult result, MemorySegment target, boolean mustBeWhole) {
        if (mustBeWhole || result.outcome() == Outcome.COMPLETE) {
            bench.requireWhole(result, 0, 0, BUFFER_BYTES);
            Optional<String> wrong = Pattern.checkTarget(target, 0, BUFFER_BYTES, 0);
            if (wrong.isPresent()) {
                throw new TestFailure("pause: data error: " + wrong.get(), 0, 0, BUFFER_BYTES, 1);
            }
        } else if (result.outcome() != Outcome.ABORTED) {
            throw new TestFailure("pause: terminated, but " + result);
        }
        bench.tally().test(result.bytes());
    }
}
