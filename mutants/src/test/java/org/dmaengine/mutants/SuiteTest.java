package org.dmaengine.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.mutants.Verdict.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The process that runs the tests on a mutant tells what happened, whatever that is. */
class SuiteTest {
    /** Run by name, in the other process only. */
    static class Passing {
        @Test
        void shouldPass() {}
    }

    static class Failing {
        @Test
        void shouldFail() {
            throw new AssertionError("on purpose");
        }
    }

    static class Hanging {
        @Test
        void shouldHang() {
            while (true) {
                LockSupport.park();
            }
        }
    }

    static class Crashing {
        @Test
        void shouldCrash() {
            Runtime.getRuntime().halt(1);
        }
    }

    @TempDir private Path folder;

    private Verdict run(Class<?>... testClasses) throws IOException, InterruptedException {
        Path verdict = folder.resolve("verdict");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Suite.class.getName(), verdict.toString(), "1"));
        for (Class<?> each : testClasses) {
            command.add(each.getName());
        }
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start()
                .waitFor();
        return Verdict.read(verdict);
    }

    @Test
    void shouldTellHowManyPassed() throws Exception {
        Verdict verdict = run(Passing.class, Passing.class);

        assertThat(verdict).isEqualTo(new Verdict(Kind.PASSED, "2 tests"));
        assertThat(verdict.isKill()).isFalse();
    }

    @Test
    void shouldTellFirstFailure() throws Exception {
        Verdict verdict = run(Passing.class, Failing.class, Crashing.class);

        assertThat(verdict.kind()).isEqualTo(Kind.FAILED);
        assertThat(verdict.detail()).endsWith("Failing.shouldFail");
        assertThat(verdict.isKill()).isTrue();
    }

    @Test
    void shouldEndTestThatHangs() throws Exception {
        Verdict verdict = run(Hanging.class);

        assertThat(verdict.kind()).isEqualTo(Kind.HUNG);
        assertThat(verdict.told()).contains("Hanging.shouldHang", "time limit");
    }

    @Test
    void shouldTellWhereItCrashed() throws Exception {
        Verdict verdict = run(Passing.class, Crashing.class);

        assertThat(verdict.kind()).isEqualTo(Kind.CRASHED);
        assertThat(verdict.told()).contains("Crashing.shouldCrash", "crash");
    }

    @Test
    void shouldNotTakeBrokenProcessForKill() {
        assertThatThrownBy(() -> Verdict.read(folder.resolve("none")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not begin");
    }
}
