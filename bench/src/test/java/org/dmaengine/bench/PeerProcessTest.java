package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class PeerProcessTest {
    @TempDir private Path folder;

    private Site site;

    /** Doubles the number of each line, or does what the word says. */
    static final class Doubler {
        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws IOException {
            var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                switch (line) {
                    case "skip" -> {
                        System.err.println("no such device");
                        System.exit(77);
                    }
                    case "fail" -> {
                        System.err.println("the bytes are wrong");
                        System.exit(1);
                    }
                    case "nonsense" -> System.out.println("hello");
                    default -> System.out.println(2 * Double.parseDouble(line) + " 3 5");
                }
            }
        }
    }

    @BeforeEach
    void makeSite() {
        site = new Site(new Cores(0, 1), folder, folder);
    }

    @Test
    void shouldAnswerEveryLineWithAFigure() throws Exception {
        try (PeerProcess process = PeerProcess.ofClass(site, Doubler.class)) {
            assertThat(process.measure("4")).isEqualTo(8);
            assertThat(process.measure("0.5")).isEqualTo(1);
            assertThat(process.measureAll("2")).containsExactly(4.0, 3.0, 5.0);
        }
    }

    @Test
    void shouldTellWhatWasSaidWhenItEnds() throws Exception {
        try (PeerProcess process = PeerProcess.ofClass(site, Doubler.class)) {
            assertThatThrownBy(() -> process.measure("fail"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("code 1: the bytes are wrong");
        }
    }

    @Test
    void shouldSkipWhatSaysThatItCannotWorkHere() throws Exception {
        try (PeerProcess process = PeerProcess.ofClass(site, Doubler.class)) {
            assertThatThrownBy(() -> process.measure("skip"))
                    .isInstanceOf(Skip.class)
                    .hasMessageContaining("no such device");
        }
    }

    @Test
    void shouldSkipWhatSaysSoBeforeItIsAskedAsOftenAsItIsAsked() throws Exception {
        Files.writeString(
                folder.resolve("cannot.c"),
                """
                #include <stdio.h>
                #include <unistd.h>
                int main(void)
                {
                    close(0);
                    fputs("no such device\\n", stderr);
                    usleep(100000);
                    return 77;
                }
                """);
        try (PeerProcess process = PeerProcess.ofSource(site, "cannot.c")) {
            for (int i = 0; i < 3; i++) {
                // More than a pipe holds.
                assertThatThrownBy(() -> process.measure("1".repeat(1 << 20)))
                        .isInstanceOf(Skip.class)
                        .hasMessageContaining("no such device");
            }
        } catch (Skip noCompiler) {
            abort(noCompiler.reason());
        }
    }

    @Test
    void shouldCloseWhatNeverReadWhatItWasAsked() throws Exception {
        Files.writeString(
                folder.resolve("deaf.c"),
                """
                #include <unistd.h>
                int main(void)
                {
                    close(0);
                    write(1, "nonsense\\n", 9);
                    usleep(200000);
                    return 0;
                }
                """);
        try (PeerProcess process = PeerProcess.ofSource(site, "deaf.c")) {
            assertThatThrownBy(() -> process.measure("1")).isInstanceOf(IOException.class);
        } catch (Skip noCompiler) {
            abort(noCompiler.reason());
        }
    }

    @Test
    void shouldNotTakeNonsenseForAFigure() throws Exception {
        try (PeerProcess process = PeerProcess.ofClass(site, Doubler.class)) {
            assertThatThrownBy(() -> process.measure("nonsense"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nothing that is a figure");
        }
    }

    @Test
    void shouldStandStillBetweenItsTurns() throws Exception {
        try (PeerProcess process = PeerProcess.ofClass(site, Doubler.class)) {
            process.measure("1");
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (!isStopped(process) && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(isStopped(process)).isTrue();
        }
    }

    private static boolean isStopped(PeerProcess process) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.number() + "/stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
    }

    @Test
    void shouldBuildASourceAndRunIt() throws Exception {
        Files.writeString(
                folder.resolve("half.c"),
                """
                #include <stdio.h>
                int main(void)
                {
                    double number;
                    while (scanf("%lf", &number) == 1) {
                        printf("%f\\n", number / 2);
                        fflush(stdout);
                    }
                }
                """);
        try (PeerProcess process = PeerProcess.ofSource(site, "half.c")) {
            assertThat(process.measure("8")).isEqualTo(4);
        } catch (Skip noCompiler) {
            abort(noCompiler.reason());
        }
    }

    @Test
    void shouldSkipASourceThatCannotBeBuiltWithTheFirstError() throws Exception {
        Files.writeString(folder.resolve("wrong.c"), "int main(void) { return missing + gone; }\n");
        assertThatThrownBy(() -> PeerProcess.ofSource(site, "wrong.c"))
                .isInstanceOf(Skip.class)
                .satisfies(thrown -> {
                    if (thrown.getMessage().contains("not installed")) {
                        abort(thrown.getMessage());
                    }
                })
                .hasMessageContaining("missing")
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldSkipASourceWhosePackageIsMissing() {
        assertThatThrownBy(() -> PeerBuild.packageOptions("/*\n * packages: no-such-package\n */"))
                .isInstanceOf(Skip.class);
    }
}
