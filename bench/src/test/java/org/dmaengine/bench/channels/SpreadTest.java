package org.dmaengine.bench.channels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpreadTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100})
    void shouldCopyEveryByteInEachTurn(int channels) {
        try (Spread spread = Spread.open(channels)) {
            assertThat(spread.measure().figure()).isPositive();
            assertThat(spread.measure().figure()).isPositive();
        }
    }
}
