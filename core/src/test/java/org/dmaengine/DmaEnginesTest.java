package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;
import org.dmaengine.spi.Scheduler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Engines are found by ServiceLoader; those that do not work here say why. */
class DmaEnginesTest {
    /** Registered in META-INF/services: works, and can little. */
    public static final class SmallProvider implements EngineProvider {
        private final ManualEngine engine =
                new ManualEngine(
                        ManualEngine.describe(
                                "test-small",
                                EnumSet.of(Capability.MEMCPY),
                                1,
                                ManualEngine.everyRow()));

        @Override
        public String name() {
            return "test-small";
        }

        @Override
        public Probe probe() {
            return engine.probe();
        }

        @Override
        public EngineBackend open(EngineSettings settings) {
            settings.requireKnown("test-small", Set.of("rooms"));
            settings.number("rooms", 1, 8, 1);
            return engine;
        }
    }

    /** Registered too: works, and can more. */
    public static final class LargeProvider implements EngineProvider {
        private final ManualEngine engine =
                new ManualEngine(
                        ManualEngine.describe(
                                "test-large",
                                EnumSet.of(Capability.MEMCPY, Capability.MEMSET),
                                1,
                                ManualEngine.everyRow()));

        @Override
        public String name() {
            return "test-large";
        }

        @Override
        public Probe probe() {
            return engine.probe();
        }

        @Override
        public EngineBackend open(EngineSettings settings) {
            return engine;
        }
    }

    /** Registered too: does not work here. */
    public static final class AbsentProvider implements EngineProvider {
        @Override
        public String name() {
            return "test-absent";
        }

        @Override
        public Probe probe() {
            return new Probe.Unavailable("no device", "plug one in");
        }

        @Override
        public EngineBackend open(EngineSettings settings) {
            throw new EngineUnavailableException(name(), "no device", "plug one in");
        }
    }

    @Test
    void shouldListAllWithReasons() {
        assertThat(DmaEngines.list())
                .extracting(EngineInfo::name)
                .containsSubsequence("test-absent", "test-large", "test-small");
        assertThat(DmaEngines.list())
                .filteredOn(info -> !info.isAvailable())
                .singleElement()
                .satisfies(info -> {
                    assertThat(info.reason()).isEqualTo("no device");
                    assertThat(info.remedy()).isEqualTo("plug one in");
                });
    }

    /** Named by the test alone, behind one that is broken. */
    public static final class LateProvider implements EngineProvider {
        @Override
        public String name() {
            return "test-late";
        }

        @Override
        public Probe probe() {
            return new Probe.Unavailable("late", "be earlier");
        }

        @Override
        public EngineBackend open(EngineSettings settings) {
            throw new EngineUnavailableException(name(), "late", "be earlier");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Absent", "NoClassFile", "org.dmaengine.Bench"})
    @DisplayName("An engine that cannot be loaded hides no other")
    void shouldFindEnginesBesideBrokenOne(String broken, @TempDir Path folder) throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(EngineProvider.class.getName()),
                broken + "\n" + LateProvider.class.getName() + "\n");
        Files.writeString(folder.resolve("NoClassFile.class"), "not a class");
        Thread me = Thread.currentThread();
        ClassLoader before = me.getContextClassLoader();
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            me.setContextClassLoader(loader);
            assertThat(DmaEngines.list())
                    .extracting(EngineInfo::name)
                    .contains("test-late", "test-small");
            DmaEngines.open("test-small").close();
        } finally {
            me.setContextClassLoader(before);
        }
    }

    @Test
    void shouldOpenByName() {
        try (DmaEngine engine = DmaEngines.open("test-small")) {
            assertThat(engine.name()).isEqualTo("test-small");
        }
        assertThatThrownBy(() -> DmaEngines.open("test-none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("test-small");
        assertThatThrownBy(() -> DmaEngines.open("test-absent"))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("plug one in");
    }

    @Test
    void shouldOpenMostSpecialised() {
        try (DmaEngine engine = DmaEngines.openBest(Capability.MEMCPY)) {
            assertThat(engine.name()).isEqualTo("test-small");
        }
        try (DmaEngine engine = DmaEngines.openBest(Capability.MEMSET)) {
            assertThat(engine.name()).isEqualTo("test-large");
        }
        assertThatThrownBy(() -> DmaEngines.openBest(Capability.CYCLIC))
                .isInstanceOf(NoCapableChannelException.class)
                .hasMessageContaining("no device");
    }

    @Test
    void shouldRefuseUnknownOptions() {
        EngineOptions options = EngineOptions.defaults();

        assertThatThrownBy(() -> DmaEngines.open("test-small", options.with("room", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rooms");
        assertThatThrownBy(() -> DmaEngines.open("test-small", options.with("rooms", "9")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 1 to 8");
        assertThatThrownBy(() -> DmaEngines.open("test-small", options.with("rooms", "x")))
                .isInstanceOf(IllegalArgumentException.class);
        EngineSettings settings = new EngineSettings(Map.of("rooms", "3"), Scheduler.system());
        assertThat(settings.number("rooms", 1, 8, 1)).isEqualTo(3);
        assertThat(settings.number("other", 1, 8, 5)).isEqualTo(5);
    }
}
