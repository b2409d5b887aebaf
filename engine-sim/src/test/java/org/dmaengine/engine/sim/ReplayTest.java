package org.dmaengine.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A seed gives the same run again, in this process and in others. */
class ReplayTest {
    @Test
    void shouldReplayEachSeed() {
        Set<List<String>> histories = new HashSet<>();
        for (long seed = 1; seed <= 20; seed++) {
            List<String> history = History.of(seed);
            assertThat(History.of(seed)).as("seed %d", seed).isEqualTo(history);
            histories.add(history);
        }
        assertThat(histories).as("each seed has a history of its own").hasSize(20);
    }

    /** Nothing depends on identity hashes, on the order of immutable sets, or on the clock. */
    @Test
    void shouldReplayInAnotherProcess() throws IOException, InterruptedException {
        long seed = 12;
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-ea",
                                "-cp",
                                System.getProperty("java.class.path"),
                                History.class.getName(),
                                String.valueOf(seed))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(printed.lines().toList()).isEqualTo(History.of(seed)).hasSizeGreaterThan(100);
    }
}
