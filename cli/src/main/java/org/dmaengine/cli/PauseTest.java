package org.dmaengine.cli;

import org.dmaengine.DmaChannel;
import org.dmaengine.Transfer;
import org.dmaengine.TransferStatus;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    private final DmaChannel channel;
    private final Loads loads;

    PauseTest(TestBench bench) {
        this.bench = bench;
        this.channel = bench.channel();
        this.loads = new Loads(bench, BUFFER_BYTES);
    }

    @Override
    public void round() {
        boolean goOn = bench.random().nextBoolean();
        try (Round round = new Round(bench, channel, loads.buffers(), loads.some(), !goOn)) {
            int count = bench.random().nextInt(1, TRANSFERS_MAX + 1);
            for (int i = 0; i < count; i++) {
                if (!round.submit(() -> {})) {
                    throw new TestFailure("stale, and nobody terminated the channel (C15)");
                }
            }
            round.submitted();
            channel.issuePending();
            Moment.passIn(bench.random(), MOMENT_NANOS_MAX);
            channel.pause();
            requireStill(round.transfers());
            if (goOn) {
                channel.resume();
                round.awaitAndCheck();
            } else {
                terminate();
                round.transfers().forEach(round::check);
            }
            round.settle();
        }
    }

    @Override
    public void finish() {
        loads.close();
    }

    private void terminate() {
        bench.tally().termination();
        if (!channel.terminateSync(bench.options().timeout()).isQuiesced()) {
            throw new TestFailure("pause: not quiet after a termination");
        }
    }

    private void requireStill(List<TrialTransfer> transfers) {
        List<TransferStatus> before = statuses(transfers);
        List<MemorySegment> buffers =
                transfers.stream().flatMap(each -> each.piece().buffers().stream()).toList();
        List<MemorySegment> contents = buffers.stream().map(PauseTest::copyOf).toList();
        for (int look = 0; look < LOOKS; look++) {
            Thread.onSpinWait();
            List<TransferStatus> after = statuses(transfers);
            if (!after.equals(before)) {
                throw new TestFailure(
                        "pause: a paused channel went on, from " + before + " to " + after);
            }
        }
        for (int i = 0; i < buffers.size(); i++) {
            if (contents.get(i).mismatch(buffers.get(i)) >= 0) {
                throw new TestFailure("pause: a paused channel wrote");
            }
        }
    }

    private static MemorySegment copyOf(MemorySegment buffer) {
        return MemorySegment.ofArray(buffer.toArray(ValueLayout.JAVA_BYTE));
    }

    private List<TransferStatus> statuses(List<TrialTransfer> transfers) {
        return transfers.stream()
                .map(TrialTransfer::transfer)
                .flatMap(Optional::stream)
                .map(Transfer::cookie)
                .map(channel::status)
                .toList();
    }
}
