package org.dmaengine.bench.terminate;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.bench.Case;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.Turn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class TerminateSuiteTest {
    private static final List<Case> CASES = new TerminateSuite().cases();

    @Test
    void shouldAskWhatTheTargetsAreAbout() {
        assertThat(CASES)
                .extracting(Case::name)
                .contains(
                        "running copy of 1 GiB",
                        "running copy of 1 GiB, 1 other busy channel",
                        "running copy of 1 GiB, 1,000 other busy channels",
                        "terminateAsync, 1,000 submitted, as in each of 1,000 other channels");
    }

    @ParameterizedTest
    @CsvSource({
        "running copy of 1 GiB, '', ''",
        "'running copy of 1 GiB, 1,000 other busy channels', ', alone', ''",
        "'running copy of 1 GiB, 1,000 other busy channels, one worker', ', alone', ', alone'"
    })
    void shouldSayWhichPeersHaveNoOtherWork(String name, String waited, String flag) {
        assertThat(CASES)
                .filteredOn(each -> each.name().equals(name))
                .singleElement()
                .satisfies(each ->
                        assertThat(each.peers())
                                .extracting(Entry::name)
                                .containsExactly(
                                        "MemorySegment.copy, waited for" + waited,
                                        "a flag in C" + flag));
    }

    /** With the heap of the benchmarks, 1 GiB; no figure is looked at. */
    @Test
    void shouldTerminateBesideFullQueues() throws Exception {
        try (Contestant queued = QueuedCopies.open(1000, false, 1000)) {
            Turn turn = queued.measure();
            assertThat(turn.latencies().orElseThrow().getTotalCount()).isPositive();
        }
    }
}
