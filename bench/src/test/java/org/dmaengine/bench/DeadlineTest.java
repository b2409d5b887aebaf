package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class DeadlineTest {
    @Test
    void shouldEndAWait() {
        assertThatIllegalStateException()
                .isThrownBy(() -> {
                    for (Deadline deadline = Deadline.in(1_000_000); ; ) {
                        deadline.spin();
                    }
                });
    }

    @Test
    void shouldLetAWaitGoOnThatIsShort() {
        Deadline deadline = Deadline.start();
        for (int i = 0; i < 100_000; i++) {
            deadline.look();
        }
    }
}
