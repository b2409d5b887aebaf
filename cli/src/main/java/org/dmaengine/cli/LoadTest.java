package org.dmaengine.cli;

import java.util.List;
import java.util.Optional;

/** Several transfers of a kind at once, each of which must do what it should. */
final class LoadTest implements Trial {
    private static final int TRANSFERS_MAX = 8;

    private final TestBench bench;
    private final Buffers buffers;
    private final Load load;

    LoadTest(TestBench bench, LoadKind kind) {
        this.bench = bench;
        this.buffers = new Buffers(bench, bench.options().bufferBytes(), kind.blockBytes(bench));
        this.load = kind.open(bench, buffers);
    }

    @Override
    public void round() {
        int count = bench.options().isRandom() ? bench.random().nextInt(1, TRANSFERS_MAX + 1) : 1;
        try (Round round = new Round(bench, bench.channel(), buffers, List.of(load), false)) {
            for (int i = 0; i < count; i++) {
                if (!round.submit(() -> {})) {
                    throw new TestFailure("stale, and nobody terminated the channel (C15)");
                }
                if (bench.random().nextBoolean()) {
                    bench.channel().issuePending();
                }
            }
            round.submitted();
            bench.channel().issuePending();
            round.awaitAndCheck();
            round.settle();
        }
    }

    @Override
    public void finish() {
        buffers.checkAll();
        Optional<String> wrong = load.close();
        if (wrong.isPresent()) {
            throw new TestFailure(wrong.get());
        }
    }
}
