package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** The script that starts the command line, with a build and a JDK that are scripts too. */
class LauncherTest {
    @TempDir Path folder;

    @BeforeEach
    void layOut() throws IOException {
        Path script = Path.of("../dmaengine");
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")) && Files.exists(script), "no sh");
        script(folder.resolve("dmaengine"), Files.readString(script));
        script(
                folder.resolve("mvnw"),
                """
                #!/bin/sh
                root=${0%/*}
                mkdir -p "$root/.dmaengine/build/dmaengine-cli" "$root/.dmaengine/build/lib"
                : > "$root/.dmaengine/build/dmaengine-cli/dmaengine-cli-1.jar"
                """);
        Path jdk = Files.createDirectories(folder.resolve("jdk/bin")).getParent();
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25\"\n");
        script(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        script(
                jdk.resolve("bin/java"),
                """
                #!/bin/sh
                case $* in *RenewedJar* | *Training*) exit ;; esac
                for each in 0 1 2; do
                    true 3<&$each && echo "$each is open" >> "${0%/*}/told"
                done
                echo "charset $LC_ALL"
                cat && echo "all is read"
                """);
        // The first use builds, and tells so.
        assertThat(sh("\"$0\" engines", Map.of())).first(STRING).contains("building");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', '', C.UTF-8",
        "C, '', '', C.UTF-8",
        "'', POSIX, '', C.UTF-8",
        "'', '', C, C.UTF-8",
        "'', '', de_DE, ''",
        "'', '', de_DE.UTF-8, ''",
        "'', C.utf8, C, ''",
        "ja_JP.eucJP, C, C, ja_JP.eucJP",
        "C, C.UTF-8, C.UTF-8, C.UTF-8"
    })
    void shouldHaveACharsetThatHasAllNames(String all, String type, String lang, String expected)
            throws IOException {
        Map<String, String> locale = Map.of("LC_ALL", all, "LC_CTYPE", type, "LANG", lang);

        assertThat(sh("\"$0\" engines", locale)).contains("charset " + expected);
    }

    @Test
    void shouldHandOnWhatIsOpen() throws IOException {
        assertThat(sh("echo in | \"$0\" copy - t", Map.of())).contains("in", "all is read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"})
    void shouldLetNothingTakeThePlaceOfClosedStreams(String closed) throws IOException {
        Path told = folder.resolve("jdk/bin/told");
        Files.delete(told);

        List<String> output = sh("\"$0\" copy - t " + closed, Map.of());

        assertThat(told).hasContent("0 is open\n1 is open\n2 is open\n");
        if (closed.startsWith("<&-")) {
            assertThat(output).doesNotContain("all is read");
        }
    }

    @Test
    void shouldSayThatJavaTakesNoColonInItsPath() throws IOException {
        Path other = Files.createDirectory(folder.resolve("a:b")).resolve("dmaengine");
        script(other, Files.readString(folder.resolve("dmaengine")));

        List<String> output = sh("'" + other + "' engines; echo code $?", Map.of());

        assertThat(output).hasSize(2).contains("code 1").first(STRING).contains("a:b", "':'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Built for whoever may not read it, not built, or of other sources.
                "chmod -R go= .dmaengine/lib/*-*",
                "chmod go= .dmaengine/lib",
                "rm -rf .dmaengine/lib",
                "rm -rf .dmaengine",
                "mkdir -p core/src/main && echo > core/src/main/new"
            })
    void shouldTellAnotherUserWhoCanMendIt(String harm) throws IOException {
        assertThat(sh("cd \"${0%/*}\" && chmod a+rx . && " + harm, Map.of())).isEmpty();
        assumeTrue(
                sh("setpriv --reuid=65534 --clear-groups \"$0\" 2>&1 | head -n 1", Map.of())
                        .stream()
                        .noneMatch(line -> line.contains("setpriv")),
                "nobody can be somebody else here");

        List<String> output =
                sh("setpriv --reuid=65534 --clear-groups \"$0\" engines; echo code $?", Map.of());

        assertThat(output)
                .hasSize(2)
                .contains("code 1")
                .first(STRING)
                .contains("dmaengine: ", "let the owner", "--version", "umask 022");
    }

    @Test
    void shouldServeAnotherUser() throws IOException {
        assertThat(sh("chmod a+rx \"${0%/*}\"", Map.of())).isEmpty();

        List<String> output =
                sh(
                        "command -v setpriv > /dev/null && [ $(id -u) = 0 ] || exit 0\n"
                                + "setpriv --reuid=65534 --clear-groups \"$0\" engines",
                        Map.of());

        assumeTrue(!output.isEmpty(), "nobody can be somebody else here");
        assertThat(output).contains("all is read");
    }

    /** What a line of the shell has written, with the launcher as its name. */
    private List<String> sh(String line, Map<String, String> environment) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder("/bin/sh", "-c", line, folder.resolve("dmaengine").toString())
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"));
        builder.environment().put("JDK25_HOME", folder.resolve("jdk").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private static void script(Path path, String text) throws IOException {
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
