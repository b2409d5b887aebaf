package org.dmaengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.dmaengine.spi.EngineProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Each check of the suite can fail: every broken engine is caught, for the right reason. */
class BrokenEnginesTest {
    private static final List<UnaryOperator<EngineProvider>> LAYERS =
            List.of(UnaryOperator.identity(), WithoutCopies::new);

    // A pipe that is empty shows that one, and says so in other words.
    private static final String BLOCKED_READ = "issuePending() of a blocked read did not return";

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    @DisplayName("a broken engine is caught")
    void shouldCatchBrokenEngine(Defect defect) {
        requireCaught(defect, UnaryOperator.identity(), defect.reason);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    @DisplayName("a broken engine that has no copies from memory is caught")
    void shouldCatchBrokenEngineWithoutCopies(Defect defect) {
        String reason = defect == Defect.BLOCKS_IN_START ? BLOCKED_READ : defect.reason;
        requireCaught(defect, WithoutCopies::new, reason);
    }

    private static void requireCaught(
            Defect defect, UnaryOperator<EngineProvider> layer, String reason) {
        Events tests = run(defect, layer, defect.check);
        assertThat(tests.started().count()).isOne();
        List<Event> failed = tests.failed().list();
        assertThat(failed).as("%s by %s", defect, defect.check).hasSize(1);
        Throwable why =
                failed.getFirst()
                        .getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow();
        assertThat(all(why)).as("the reason").contains(reason);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    @DisplayName("the same check passes on the engine without the defect")
    void shouldPassWithoutDefect(Defect defect) {
        for (UnaryOperator<EngineProvider> layer : LAYERS) {
            Events tests = run(Defect.NONE, layer, defect.check);
            assertThat(tests.succeeded().count()).as(defect.check).isOne();
        }
    }

    private static Events run(Defect defect, UnaryOperator<EngineProvider> layer, String check) {
        BrokenEngineContract.defect = defect;
        BrokenEngineContract.layer = layer;
        Method method =
                Arrays.stream(BrokenEngineContract.class.getMethods())
                        .filter(each -> each.getName().equals(check))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no check " + check));
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(BrokenEngineContract.class, method))
                .execute()
                .testEvents();
    }

    /** What the failure says, and what came up while cleaning up after it. */
    private static String all(Throwable why) {
        StringBuilder text = new StringBuilder(String.valueOf(why));
        for (Throwable each : why.getSuppressed()) {
            text.append('\n').append(all(each));
        }
        return text.toString();
    }
}
