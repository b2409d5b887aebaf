package org.dmaengine.bench.descriptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import org.dmaengine.bench.BenchSite;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.PeerProcess;
import org.dmaengine.bench.Skip;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;

/** Processes for real, on one core. No figure is looked at, only how long the first turn takes. */
class CopiesContestantTest {
    private static final Workload WORKLOAD = Workload.pipelined(32);
    private static final double COMPILED_SECONDS = 2;

    @TempDir private Path work;

    @ParameterizedTest
    @EnumSource(names = {"INLINE", "ARRAY_BLOCKING_QUEUE"})
    void shouldCopyInJavaUntilMostIsCompiledBeforeATurnCounts(QueueKind kind) throws Exception {
        assertThat(firstSeconds(CopiesContestant.ofKind(kind, WORKLOAD)))
                .isGreaterThan(COMPILED_SECONDS);
    }

    @Test
    void shouldNotWarmUpWhatIsCompiled() throws Exception {
        Entry inC =
                CopiesContestant.ofSource(
                        "in C",
                        WORKLOAD,
                        site ->
                                PeerProcess.ofSource(
                                        site,
                                        "descriptor.c",
                                        "inline",
                                        Integer.toString(site.cores().first())));
        assertThat(firstSeconds(inC)).isLessThan(COMPILED_SECONDS);
    }

    private double firstSeconds(Entry entry) throws Exception {
        try (Contestant contestant = entry.opening().open(BenchSite.at(work))) {
            long begun = System.nanoTime();
            assertThat(contestant.measure().figure()).isPositive();
            return (System.nanoTime() - begun) / 1e9;
        } catch (Skip skip) {
            return abort(skip.getMessage());
        }
    }
}
