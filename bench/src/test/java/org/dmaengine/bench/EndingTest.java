package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

class EndingTest {
    private static final long DEADLINE_SECONDS = 60;
    private static final int FOLDER_FILES = 100;

    @TempDir private Path folder;

    /** Writes into a folder of the run while a program runs that takes long. */
    static final class Run {
        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws Exception {
            Path work = WorkFolder.make();
            Thread.ofPlatform().daemon(true).start(() -> writeForEver(work));
            try {
                Program.run(List.of("sh", "-c", "sleep 1000; true"));
            } catch (InterruptedException ends) {
                System.out.println("interrupted");
            }
        }

        @SuppressWarnings("SystemOut")
        private static void writeForEver(Path work) {
            PrintStream out = System.out;
            for (int i = 0; ; i++) {
                try {
                    Path made = work.resolve("made-" + i / FOLDER_FILES);
                    if (!Files.exists(made)) {
                        Files.createDirectory(made);
                    }
                    Files.writeString(made.resolve("file-" + i), "text");
                } catch (IOException deleted) {
                    continue;
                }
                if (i == FOLDER_FILES) {
                    out.println("ready");
                    out.flush();
                }
            }
        }
    }

    @BeforeAll
    static void requireShell() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "this machine has no shell");
    }

    @Test
    void shouldLeaveNeitherFilesNorProgramsAfterASignal() throws Exception {
        Process run = start();
        try {
            run.inputReader(UTF_8).readLine();
            List<ProcessHandle> children = awaitTwo(run);
            run.destroy();
            assertThat(run.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            for (ProcessHandle child : children) {
                child.onExit().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            }
            try (var left = Files.list(folder)) {
                assertThat(left).isEmpty();
            }
        } finally {
            run.destroyForcibly();
        }
    }

    /** The shell, and what it has started. */
    private static List<ProcessHandle> awaitTwo(Process run) {
        List<ProcessHandle> children = List.of();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (children.size() < 2 && System.nanoTime() < end) {
            children = run.descendants().toList();
        }
        assertThat(children).hasSize(2);
        return children;
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + folder);
        command.addAll(List.of("-XX:-UsePerfData", "-cp", System.getProperty("java.class.path")));
        command.add(Run.class.getName());
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    @Test
    void shouldEndAProgramThatTakesTooLong() {
        assertThatIOException()
                .isThrownBy(() -> Program.run(List.of("sh", "-c", "sleep 1000; true"), 1))
                .withMessageContaining("did not end in 1 seconds");
    }
}
