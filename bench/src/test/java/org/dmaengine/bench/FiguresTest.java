package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "3 | 3",
                "0.5 | 0.500",
                "1.333 | 1.33",
                "38.24 | 38.2",
                "43999 | 43,999",
                "Infinity | ∞"
            })
    void shouldWriteTheDigitsThatCount(double figure, String text) {
        assertThat(Figures.text(figure)).isEqualTo(text);
    }

    @Test
    void shouldReadTheKernelsSetsOfCores() {
        assertThat(CoreList.parse("0-2,7\n")).containsExactly(0, 1, 2, 7);
        assertThat(CoreList.parse("\t3")).containsExactly(3);
    }
}
