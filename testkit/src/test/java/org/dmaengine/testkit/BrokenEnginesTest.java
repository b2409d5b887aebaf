package org.dmaengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

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

/** Each check of the suite can fail: every broken engine is caught, for the right reason. */
class BrokenEnginesTest {
    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    @DisplayName("a broken engine is caught")
    void shouldCatchBrokenEngine(Defect defect) {
        Events tests = run(defect, defect.check);
        assertThat(tests.started().count()).isOne();
        List<Event> failed = tests.failed().list();
        assertThat(failed).as("%s by %s", defect, defect.check).hasSize(1);
        Throwable why =
                failed.getFirst()
                        .getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow();
        assertThat(all(why)).as("the reason").contains(defect.reason);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    @DisplayName("the same check passes on the engine without the defect")
    void shouldPassWithoutDefect(Defect defect) {
        Events tests = run(Defect.NONE, defect.check);
        assertThat(tests.succeeded().count()).as(defect.check).isOne();
    }

    private static Events run(Defect defect, String check) {
        BrokenEngineContract.defect = defect;
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
