package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.jr.ob.JSON;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

class SimulateTest {
    @Test
    void shouldCountWhatASweepCameAcross() throws IOException {
        Cli.Result result = Cli.run("simulate", "--seeds", "40", "--json");
        Map<String, Object> object = JSON.std.mapFrom(result.out());
        assertThat(object)
                .containsEntry("seeds", 40)
                .containsEntry("violations", 0)
                .containsEntry("interrupted", false)
                .containsKeys("steps", "seconds", "stepsPerSecond", "rareEvents", "failedSeeds");
        assertThat((Integer) object.get("steps")).isGreaterThan(1_000);
        assertThat((Map<?, ?>) object.get("rareEvents")).hasSizeGreaterThan(30);
    }

    @Test
    void shouldFailIfItDidNotLookHardEnough() throws IOException {
        Cli.Result result = Cli.run("simulate", "--seeds", "1");
        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).contains("too short to prove anything", "--seeds");
        assertThat(result.out()).contains("1 seeds", "0 violations", "steps/s");
    }

    @Test
    void shouldStopAtSteps() throws IOException {
        Cli.Result result = Cli.run("simulate", "--steps", "2000", "--json");
        assertThat((Integer) JSON.std.mapFrom(result.out()).get("steps")).isBetween(2_000, 60_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void shouldStopOnSignal(String signal) throws IOException {
        try (Cli cli = Cli.start("simulate", "--seeds", "1000000000", "--json")) {
            cli.awaitWork(Duration.ofSeconds(2));
            cli.signal(signal);
            Cli.Result result = cli.await();

            assertThat(result.code()).as(result.toString()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(result.json()).containsEntry("interrupted", true);
            assertThat((int) result.json().get("seeds")).isPositive();
        }
    }

    @Test
    void shouldRefuseNegativeCounts() throws IOException {
        Cli.Result result = Cli.run("simulate", "--seeds", "-1");
        assertThat(result.code()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("--seeds -1");
    }

    @Test
    void shouldReplayTheSameHistoryEachTime() throws IOException {
        Cli.Result once = Cli.run("replay", "7");
        assertThat(once.code()).isEqualTo(ExitCode.DONE);
        assertThat(once.out())
                .contains(
                        "who", "channel", "gen", "cookie", "state", "client-0", "no violation in");
        assertThat(Cli.run("replay", "7").out()).isEqualTo(once.out());
    }
}
