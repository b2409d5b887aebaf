package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.List;

class SeriesTest {
    @Test
    void shouldTakeTheMiddleWhateverTheOrder() {
        assertThat(Series.of(9, 1, 5).median()).isEqualTo(5);
        assertThat(Series.of(4, 1, 2, 100).median()).isEqualTo(3);
    }

    @Test
    void shouldTellTheSpreadAsAPartOfTheMedian() {
        assertThat(Series.of(8, 10, 13).spread().orElseThrow()).isCloseTo(0.5, within(1e-9));
        assertThat(Series.of(0, 0).spread()).contains(0.0);
    }

    @Test
    void shouldTellNoSpreadAroundNothingAndNoneOfWhatHasNoEnd() {
        assertThat(Series.of(0, 0, 3).spread()).isEmpty();
        assertThat(Series.of(2, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY).spread())
                .isEmpty();
    }

    @Test
    void shouldRefuseToSpeakWithoutAFigure() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Series(List.of()));
    }

    @Test
    void shouldCallOursBetterAboveOneWhicheverFiguresAreGood() {
        assertThat(Better.SMALLER.ratio(10, 30)).isEqualTo(3);
        assertThat(Better.LARGER.ratio(10, 30)).isCloseTo(1 / 3.0, within(1e-9));
    }

    @Test
    void shouldCallNothingAsGoodAsNothing() {
        assertThat(Better.SMALLER.ratio(0, 0)).isEqualTo(1);
        assertThat(Better.LARGER.ratio(0, 0)).isEqualTo(1);
        assertThat(Better.SMALLER.ratio(0, 48)).isInfinite();
    }
}
