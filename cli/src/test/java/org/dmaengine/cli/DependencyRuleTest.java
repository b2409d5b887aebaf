package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The dependency rule of ARCHITECTURE.md. The compiler holds every class to its module's {@code
 * requires}, so reading the descriptors is enough.
 */
class DependencyRuleTest {
    private static final String CORE = "org.dmaengine";
    private static final String ENGINE = "org.dmaengine.engine.";
    private static final String TESTKIT = "org.dmaengine.testkit";
    private static final String CLI = "org.dmaengine.cli";

    /** Our modules on the class path, each with the names it requires. */
    private static final Map<String, Set<String>> REQUIRED = new HashMap<>();

    @BeforeAll
    static void readDescriptors() throws IOException {
        var urls = DependencyRuleTest.class.getClassLoader().getResources("module-info.class");
        while (urls.hasMoreElements()) {
            try (var in = urls.nextElement().openStream()) {
                var module = ModuleDescriptor.read(in);
                if (isOurs(module.name())) {
                    REQUIRED.put(
                            module.name(),
                            module.requires().stream().map(Requires::name).collect(toSet()));
                }
            }
        }
    }

    @Test
    void shouldSeeEveryModule() throws IOException {
        assertThat(REQUIRED).containsKeys(CORE, TESTKIT, CLI);
        try (var folders = Files.newDirectoryStream(Path.of(".."), "engine-*")) {
            for (var folder : folders) {
                assertThat(REQUIRED)
                        .as("engines on the class path of the command line")
                        .containsKey(moduleOf(folder));
            }
        }
    }

    @Test
    void shouldKeepCoreFreeOfDependencies() {
        assertThat(REQUIRED.get(CORE)).containsOnly("java.base", "org.jspecify");
    }

    @Test
    void shouldLetEnginesKnowCoreOnly() {
        assertThat(engines()).isNotEmpty();
        engines()
                .forEach((engine, required) ->
                        assertThat(ours(required)).as(engine).containsOnly(CORE));
    }

    @Test
    void shouldLetTestkitKnowCoreAndTheSimulatedEngine() {
        assertThat(ours(REQUIRED.get(TESTKIT))).containsOnly(CORE, ENGINE + "sim");
    }

    @Test
    void shouldCompileCommandLineAgainstNoEngine() {
        assertThat(ours(REQUIRED.get(CLI))).containsOnly(CORE, CORE + ".sweep");
    }

    private static Map<String, Set<String>> engines() {
        return REQUIRED.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(ENGINE))
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Set<String> ours(Set<String> names) {
        return names.stream().filter(DependencyRuleTest::isOurs).collect(toSet());
    }

    private static boolean isOurs(String name) {
        return name.equals(CORE) || name.startsWith(CORE + ".");
    }

    private static String moduleOf(Path folder) {
        return ENGINE + folder.getFileName().toString().substring("engine-".length());
    }
}
