package org.dmaengine.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.DmaChannel;
import org.dmaengine.engine.cpu.CpuEngineProvider;
import org.dmaengine.mutants.Mutant.Misfit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The mutants fit the sources of now, each exactly once, and compile: the list cannot rot. */
class MutantTest {
    private static final Path ROOT = Path.of("..");

    @TempDir private Path folder;

    static List<Mutant> all() throws IOException {
        return Mutant.all(Path.of("protocol"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void shouldFitSources(Mutant mutant) throws IOException {
        Map<Path, String> changed = mutant.appliedTo(ROOT);

        assertThat(changed).isNotEmpty();
        for (var each : changed.entrySet()) {
            assertThat(each.getValue()).isNotEqualTo(Files.readString(ROOT.resolve(each.getKey())));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void shouldCompile(Mutant mutant) throws IOException {
        String classPath =
                Stream.of(DmaChannel.class, CpuEngineProvider.class, Nullable.class)
                        .map(MutantTest::location)
                        .collect(Collectors.joining(File.pathSeparator));
        Map<Path, String> changed = mutant.appliedTo(ROOT);

        assertThatCode(() -> SourceCopy.compile(changed, classPath, folder))
                .doesNotThrowAnyException();
    }

    private static String location(Class<?> type) {
        return Path.of(
                        URI.create(
                                type.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toString()))
                .toString();
    }

    @Test
    void shouldHaveNumbersAndNamesOfTheirOwn() throws IOException {
        assertThat(all()).hasSizeGreaterThan(20);
        assertThat(all()).extracting(Mutant::what).doesNotHaveDuplicates();
        assertThat(all())
                .extracting(Mutant::number)
                .allMatch(number -> number.matches("\\d{2,3}"))
                .doesNotHaveDuplicates();
    }

    private Mutant mutant(String... lines) {
        return Mutant.parse("01-some", List.of(lines));
    }

    private void source(String text) throws IOException {
        Files.createDirectories(folder.resolve("core"));
        Files.writeString(folder.resolve("core/A"), text);
    }

    @Test
    void shouldReplaceWholeLines() throws IOException {
        source("aa\na\n\nb\nc\n");
        Mutant mutant =
                mutant(
                        "C1, P2: wrong",
                        "",
                        "--- core/A",
                        "@@",
                        " a",
                        "",
                        "-b",
                        "+x",
                        "",
                        "@@",
                        "-c",
                        "");

        assertThat(mutant.appliedTo(folder)).containsEntry(Path.of("core/A"), "aa\na\n\nx\n");
        assertThat(mutant.rules()).isEqualTo("C1, P2");
        assertThat(mutant.what()).isEqualTo("wrong");
        assertThat(mutant.module()).isEqualTo("core");
    }

    @Test
    void shouldRefuseLinesThatAreGone() throws IOException {
        source("ab\n");

        assertThatThrownBy(() -> mutant("C1: wrong", "--- core/A", "@@", "-b").appliedTo(folder))
                .isInstanceOf(Misfit.class)
                .hasMessageContaining("does not fit");
    }

    @Test
    void shouldRefuseLinesThatStandTwice() throws IOException {
        source("b\nb\n");

        assertThatThrownBy(() -> mutant("C1: wrong", "--- core/A", "@@", "-b").appliedTo(folder))
                .isInstanceOf(Misfit.class)
                .hasMessageContaining("more than once");
    }

    @Test
    void shouldRefuseFileThatIsNone() {
        assertThatThrownBy(() -> mutant("something is wrong")).isInstanceOf(Misfit.class);
        assertThatThrownBy(() -> mutant("C1: wrong", "--- core/A")).isInstanceOf(Misfit.class);
        assertThatThrownBy(() -> mutant("C1: wrong", "--- core/A", "@@", "*b"))
                .isInstanceOf(Misfit.class);
    }
}
