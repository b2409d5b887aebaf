package org.dmaengine.bench.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import org.dmaengine.bench.BenchSite;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;

/** Each server for real; the load compares what comes back. No figure is looked at. */
class EchoContestantTest {
    @TempDir private Path work;

    @ParameterizedTest
    @EnumSource
    void shouldSendBackWhatComes(EchoKind kind) throws Exception {
        try (Contestant server =
                EchoContestant.of(kind, 100_000, 3).opening().open(BenchSite.at(work))) {
            Turn turn = server.measure();

            assertThat(turn.figure()).isPositive();
            assertThat(turn.latencies().orElseThrow().getTotalCount()).isPositive();
        } catch (Skip skip) {
            abort(skip.getMessage());
        }
    }
}
