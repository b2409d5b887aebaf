package org.dmaengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Each scenario is there, once, under its name. */
class ScenarioNamesTest {
    @Test
    void shouldHaveEachScenarioOnce() {
        List<String> all =
                Stream.concat(
                                IntStream.rangeClosed(1, 35).mapToObj(i -> "R" + i),
                                IntStream.rangeClosed(1, 18).mapToObj(i -> "E" + i))
                        .toList();
        assertThat(scenarios().map(ScenarioNamesTest::id)).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void shouldNameMethodsAfterScenarios() {
        scenarios()
                .forEach(method -> {
                    String id = id(method).toLowerCase(Locale.ROOT);
                    String padded =
                            "%c%02d_".formatted(id.charAt(0), Integer.parseInt(id.substring(1)));
                    assertThat(method.getName()).startsWith(padded);
                });
    }

    private static Stream<Method> scenarios() {
        return Arrays.stream(EngineScenarios.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class));
    }

    private static String id(Method scenario) {
        return scenario.getAnnotation(DisplayName.class).value().split(" ", 2)[0];
    }
}
