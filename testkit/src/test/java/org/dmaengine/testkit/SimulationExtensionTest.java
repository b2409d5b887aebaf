package org.dmaengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.dmaengine.Quarantine;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

/** The extension passes what is good, and fails what leaves something, naming it. */
class SimulationExtensionTest {
    private static EngineExecutionResults run(String name, String... configuration) {
        Method method =
                Arrays.stream(SimulatedCases.class.getDeclaredMethods())
                        .filter(each -> each.getName().equals(name))
                        .findFirst()
                        .orElseThrow();
        EngineTestKit.Builder kit =
                EngineTestKit.engine("junit-jupiter")
                        .selectors(selectMethod(SimulatedCases.class, method));
        for (String each : configuration) {
            kit.configurationParameter(SimulationExtension.SEED, each);
        }
        return kit.execute();
    }

    private static Throwable failure(String name) {
        List<Event> failed = run(name).testEvents().failed().list();
        assertThat(failed).as(name).hasSize(1);
        return thrown(failed.getFirst());
    }

    private static Throwable thrown(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"goodWithFaults", "goodWithTwoEngines", "goodWithThrowingCallback"})
    void shouldPassWhatLeavesNothing(String name) {
        run(name).testEvents().assertStatistics(events -> events.succeeded(1).failed(0));
        assertThat(Quarantine.entries()).isEmpty();
    }

    @Test
    void shouldRunEachSeedAndTheMethodsAroundIt() {
        SimulatedCases.before = 0;
        SimulatedCases.after = 0;
        EngineExecutionResults results = run("good");
        results.testEvents().assertStatistics(events -> events.succeeded(3).failed(0));
        assertThat(results.testEvents().succeeded().stream())
                .extracting(event -> event.getTestDescriptor().getDisplayName())
                .containsExactly("seed 1", "seed 2", "seed 3");
        assertThat(SimulatedCases.before).isEqualTo(3);
        assertThat(SimulatedCases.after).isEqualTo(3);
    }

    @Test
    void shouldNotFailWhatWasAborted() {
        run("aborted").testEvents().assertStatistics(events -> events.aborted(1).failed(0));
    }

    @ParameterizedTest
    @DisplayName("what was left is named, with the line of the test that it comes from")
    @CsvSource({
        "leavesChannelOpen, is open; it was requested at, leavesChannelOpen(",
        "leavesTransferInFlight, STREAM with cookie 1, leavesTransferInFlight(",
        "leavesTransferInFlight, owns 77 bytes; it was prepared at, SimulatedCases.java:",
        "leavesTransferSubmitted, MEMSET with cookie 1, owns 55 bytes; it was prepared at",
        "leavesTransferSubmitted, is in flight, leavesTransferSubmitted(",
        "leavesHotCopyInFlight, it was last issued at, leavesHotCopyInFlight(",
        "leavesCallbackRunning, the callback of cookie 1, has not returned on thread",
        "leavesCallbackRunning, it was prepared at, SimulatedCases.copy(",
        "leavesCallbackNotBegun, a callback on channel, was never run",
        "leavesQuarantine, MEMCPY with cookie 1, is in quarantine",
        "leavesQuarantine, did not move on within, SimulatedCases.copy(",
        "callbackThrows, CALLBACK_THREW, the callback of MEMCPY with cookie 1",
        "swallowsFailure, a thread of the simulation failed, nobody listens",
    })
    void shouldFailWhatLeavesSomething(String name, String what, String where) {
        assertThat(failure(name))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the test left behind")
                .hasMessageContaining(what)
                .hasMessageContaining(where);
        assertThat(Quarantine.entries()).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("a failure tells its seed, and how to run it alone")
    @CsvSource({
        "leavesChannelOpen, 1",
        "deadlocks, 1",
        "spins, 1",
        "failsOnOneSeed, 43",
        "failsAndLeavesAll, 1"
    })
    void shouldTellTheSeed(String name, long seed) {
        assertThat(failure(name).getSuppressed())
                .anySatisfy(each ->
                        assertThat(each.toString())
                                .contains("seed " + seed + " failed after")
                                .contains("-Ddmaengine.simulation.seed=" + seed)
                                .contains("-Dtest=SimulatedCases#" + name));
    }

    @Test
    void shouldKeepTheFailureOfTheTestItself() {
        assertThat(failure("failsAndLeavesAll")).hasMessage("of its own");
    }

    @Test
    void shouldShowWhereADeadlockWaits() {
        assertThat(failure("deadlocks")).hasMessageContaining("SimulatedCases.deadlocks(");
    }

    @Test
    void shouldFailOneSeedOfMany() {
        run("failsOnOneSeed")
                .testEvents()
                .assertStatistics(events -> events.succeeded(4).failed(1));
    }

    @Test
    void shouldRunTheSeedItIsTold() {
        EngineExecutionResults results = run("failsOnOneSeed", "43");
        results.testEvents().assertStatistics(events -> events.started(1).failed(1));
    }

    @Test
    void shouldRefuseAModelThatIsNotThere() {
        assertThat(failure("namesNoModel"))
                .hasMessageContaining("no static method 'nobody' that gives a SimModel");
    }

    @Test
    void shouldRefuseToRunNothing() {
        List<Event> failed = run("runsNothing").allEvents().failed().list();
        assertThat(failed).hasSize(1);
        assertThat(thrown(failed.getFirst())).hasMessageContaining("seeds = 0");
    }
}
