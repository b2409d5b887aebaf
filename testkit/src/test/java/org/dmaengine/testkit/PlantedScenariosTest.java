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

/** Scenarios can fail: each planted fault is found by the scenario that is named for it. */
class PlantedScenariosTest {
    private static final List<UnaryOperator<EngineProvider>> LAYERS =
            List.of(UnaryOperator.identity(), WithoutCopies::new);

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    @DisplayName("a planted fault is found")
    void shouldFindPlantedFault(Plant plant) {
        requireFound(plant, UnaryOperator.identity());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    @DisplayName("a planted fault is found on an engine that has no copies from memory")
    void shouldFindPlantedFaultWithoutCopies(Plant plant) {
        requireFound(plant, WithoutCopies::new);
    }

    private static void requireFound(Plant plant, UnaryOperator<EngineProvider> layer) {
        List<Event> failed = run(plant, layer, plant.scenario).failed().list();
        assertThat(failed).as("%s by %s", plant, plant.scenario).hasSize(1);
        Throwable why =
                failed.getFirst()
                        .getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow();
        assertThat(all(why)).as("the reason").contains(plant.reason);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    @DisplayName("the same scenario passes without it")
    void shouldPassWithoutFault(Plant plant) {
        for (UnaryOperator<EngineProvider> layer : LAYERS) {
            assertThat(run(Plant.NONE, layer, plant.scenario).succeeded().count()).isOne();
        }
    }

    private static Events run(Plant plant, UnaryOperator<EngineProvider> layer, String scenario) {
        PlantedScenarios.plant = plant;
        PlantedScenarios.layer = layer;
        Method method =
                Arrays.stream(PlantedScenarios.class.getMethods())
                        .filter(each -> each.getName().startsWith(scenario + "_"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no scenario " + scenario));
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(PlantedScenarios.class, method))
                .execute()
                .testEvents();
    }

    /** What the failure says, its causes, and what came up while cleaning up after it. */
    private static String all(Throwable why) {
        StringBuilder text = new StringBuilder(String.valueOf(why));
        if (why.getCause() != null) {
            text.append('\n').append(all(why.getCause()));
        }
        for (Throwable each : why.getSuppressed()) {
            text.append('\n').append(all(each));
        }
        return text.toString();
    }
}
