package org.dmaengine.bench.copy;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.bench.Case;
import org.dmaengine.bench.Target;
import org.junit.jupiter.api.Test;

class CopySuiteTest {

    @Test
    void shouldAimAtTheBestMethodWhicheverItIs() {
        for (Case each : new CopySuite().cases()) {
            assertThat(each.peers()).hasSameSizeAs(MethodsOfC.METHODS);
            assertThat(each.targets())
                    .containsExactlyElementsOf(
                            each.peers().stream()
                                    .map(peer -> (Target) new Target.Ratio(peer.name(), 0.95))
                                    .toList());
        }
    }

    @Test
    void shouldNameEachCaseOnce() {
        assertThat(new CopySuite().cases()).extracting(Case::name).doesNotHaveDuplicates();
    }

    @Test
    void shouldTellCTheSameBlocks() {
        assertThat(new Blocks(64 << 10, false, 2).parameters("movsb"))
                .isEqualTo("movsb 65536 hot 2 98304");
        assertThat(new Blocks(64 << 20, true, 1).parameters("stream"))
                .isEqualTo("stream 67108864 cold 1 32");
    }

    @Test
    void shouldCopyEveryBlockThroughTheEngine() {
        try (EngineCopies copies = new EngineCopies(new Blocks(4 << 20, false, 2))) {
            // What was not copied, or copied wrong, is thrown.
            assertThat(copies.measure().figure()).isPositive();
        }
    }
}
