package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The build can look green on the wrong JDK, or with assertions off; this test cannot. */
class BuildTest {
    @Test
    void shouldRunTestsOnJava25() {
        assertThat(Runtime.version().feature()).isEqualTo(25);
    }

    @Test
    void shouldRunTestsWithAssertions() {
        assertThat(BuildTest.class.desiredAssertionStatus()).isTrue();
    }
}
