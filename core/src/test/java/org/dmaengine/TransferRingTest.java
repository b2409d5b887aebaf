package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ring's cursors, as seen through a channel: rounded up, bounded, reused (P10). */
class TransferRingTest {
    private Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private long fill() {
        long count = 0;
        while (bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8) != 0) {
            count++;
        }
        return count;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 15, 16, 17, 1000, 1 << 16})
    @DisplayName("P10: room for the depth, rounded up to a power of two, again and again")
    void shouldHoldDepth(int depth) {
        bench.close();
        bench = new Bench(request -> request.withDepth(depth));
        long room = fill();
        assertThat(room).isGreaterThanOrEqualTo(depth).isLessThan(2L * depth);
        bench.channel.terminateSync();
        assertThat(fill()).isEqualTo(room);
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.completeAll();

        assertThat(fill()).isEqualTo(room);
    }

    @Test
    @DisplayName("The ring grows while transfers stand in all places, and none is lost")
    void shouldGrowAroundTransfers() {
        for (int i = 0; i < 10; i++) {
            bench.complete();
            bench.callbacks.run();
        }
        Transfer oldest = bench.start();
        for (int i = 0; i < 100; i++) {
            bench.complete();
        }
        bench.callbacks.run();
        assertThat(bench.called).hasSize(110);
        bench.backend.complete(oldest.cookie());
        bench.callbacks.run();

        assertThat(bench.called).hasSize(111).contains(oldest.cookie());
        assertThat(bench.channel.status(1).completedCookie()).isEqualTo(111);
    }
}
