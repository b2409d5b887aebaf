package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;
import java.util.TreeMap;

/** What did not simply complete is remembered, and forgotten as unknown (C2). */
class OutcomeHistoryTest {
    private final OutcomeHistory history = new OutcomeHistory();

    @Test
    void shouldTakeAllOthersForComplete() {
        history.add(5, Outcome.ABORTED, 10);

        assertThat(history.state(4)).isEqualTo(TransferState.COMPLETE);
        assertThat(history.state(5)).isEqualTo(TransferState.ABORTED);
        assertThat(history.residueBytes(5)).isEqualTo(10);
        assertThat(history.state(6)).isEqualTo(TransferState.COMPLETE);
        assertThat(history.residueBytes(6)).isZero();
    }

    @Test
    void shouldSortEndsOutOfOrder() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<Long, Outcome> model = new TreeMap<>();
        for (int i = 0; i < 3_000; i++) {
            long cookie = i * 3L + random.nextInt(600);
            Outcome outcome = Outcome.values()[random.nextInt(4)];
            if (model.putIfAbsent(cookie, outcome) == null) {
                history.add(cookie, outcome, cookie);
            }
        }

        for (long cookie = 1; cookie < 10_000; cookie++) {
            Outcome expected = model.get(cookie);
            assertThat(history.state(cookie))
                    .as("seed %d, cookie %d", seed, cookie)
                    .isEqualTo(
                            expected == null ? TransferState.COMPLETE : TransferState.of(expected));
        }
    }

    @Test
    @DisplayName("C2, P10: bounded, and nothing forgotten is taken for complete")
    void shouldForgetOldestAsUnknown() {
        int all = OutcomeHistory.KEPT_MAX * 2 + 10;
        for (long cookie = 1; cookie <= all; cookie++) {
            history.add(cookie, Outcome.ABORTED, 1);
        }

        int known = 0;
        for (long cookie = 1; cookie <= all; cookie++) {
            TransferState state = history.state(cookie);
            assertThat(state).isIn(TransferState.UNKNOWN, TransferState.ABORTED);
            known += state == TransferState.ABORTED ? 1 : 0;
            assertThat(known == 0 || state == TransferState.ABORTED)
                    .as("no gap at %d", cookie)
                    .isTrue();
        }
        assertThat(known).isBetween(OutcomeHistory.KEPT_MAX / 2, OutcomeHistory.KEPT_MAX);
    }

    @Test
    @DisplayName("C2: what was forgotten stays so, however old what ends late is")
    void shouldNotRememberAgain() {
        long first = 100_001;
        for (long cookie = first; cookie < first + OutcomeHistory.KEPT_MAX + 1; cookie++) {
            history.add(cookie, Outcome.ABORTED, 1);
        }
        assertThat(history.state(first)).isEqualTo(TransferState.UNKNOWN);
        for (long cookie = 1; cookie <= OutcomeHistory.KEPT_MAX; cookie++) {
            history.add(cookie, Outcome.ABORTED, 1);
        }

        assertThat(history.state(first)).isEqualTo(TransferState.UNKNOWN);
    }

    @Test
    @DisplayName("C2: a straggler older than the horizon stays unknown")
    void shouldNotReviveForgottenCookie() {
        for (long cookie = 100; cookie <= 100L + OutcomeHistory.KEPT_MAX; cookie++) {
            history.add(cookie, Outcome.ABORTED, 1);
        }
        assertThat(history.state(50)).isEqualTo(TransferState.UNKNOWN);
        history.add(50, Outcome.READ_FAILED, 1);

        assertThat(history.state(50)).isEqualTo(TransferState.UNKNOWN);
        assertThat(history.state(100L + OutcomeHistory.KEPT_MAX)).isEqualTo(TransferState.ABORTED);
    }
}
