package org.dmaengine.bench.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Skip;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/** Everybody who is compared in this process moves a file, and tells what it took. */
class TransfersTest {
    private static final int DEPTH = 4;
    private static final Access READS = Access.random(DEPTH, false);
    private static final Access WRITES = new Access(true, 4 << 10, DEPTH, false, false);

    @TempDir private Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void make() throws IOException, Skip {
        file = folder.resolve("file");
        TestFile.make(file, 1 << 20);
    }

    @Test
    void shouldReadWhilePolling() throws Exception {
        measure(() -> new PolledEngine(file, READS, Metric.SPEED));
    }

    @Test
    void shouldWriteByCallbacks() throws Exception {
        measure(() -> new CallbackEngine(file, WRITES, Metric.PROCESSOR));
    }

    @Test
    void shouldReadCallByCall() throws Exception {
        measure(() -> new OneCall(file, READS, Metric.SPEED));
    }

    @Test
    void shouldWriteOnAPool() throws Exception {
        measure(() -> new PooledCalls(file, WRITES, Metric.PROCESSOR));
    }

    @Test
    void shouldHaveAsManyCallsInFlightAsTheDepthWhereADiskIsWaitedFor() {
        assertThat(PooledCalls.threads(Access.random(128, true))).isEqualTo(128);
        assertThat(PooledCalls.threads(Access.stream(false))).isEqualTo(8);
        assertThat(PooledCalls.threads(Access.random(128, false))).isEqualTo(1);
    }

    @Test
    void shouldReadPastThePageCacheOnAPool() throws Exception {
        Access direct = Access.random(DEPTH, true);
        // Says whether this file system can do that.
        measure(() -> new OneCall(file, direct, Metric.SPEED));
        measure(() -> new PooledCalls(file, direct, Metric.SPEED));
    }

    @FunctionalInterface
    private interface Opening {
        Contestant open() throws Exception;
    }

    private static void measure(Opening opening) throws Exception {
        try (Contestant contestant = opening.open()) {
            assertThat(contestant.measure().figure()).isPositive();
        } catch (Skip skip) {
            abort(skip.getMessage());
        }
    }
}
