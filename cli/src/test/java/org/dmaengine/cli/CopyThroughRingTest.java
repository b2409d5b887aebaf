package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.DmaEngines;
import org.dmaengine.EngineInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** Copies that the engine io_uring moves, and whose disk or process ends on the way. */
class CopyThroughRingTest {
    private static final String ENGINE = "--engine=io_uring";
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int BYTES = 40 << 20;

    @TempDir Path folder;

    @BeforeEach
    void requireEngine() {
        EngineInfo ring =
                DmaEngines.list().stream()
                        .filter(each -> each.name().equals("io_uring"))
                        .findFirst()
                        .orElseThrow();
        assumeTrue(ring.isAvailable(), () -> ring.reason() + "; " + ring.remedy());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--channels=4", "--no-sync"})
    @DisplayName("a full disk is told, and nothing has the final name")
    void shouldTellOfFullDisk(String option) throws Exception {
        Path mount = Files.createDirectory(folder.resolve("small"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=8m", "none", mount.toString()) == 0,
                "only root can mount a small file system");
        try {
            Path source = TestFiles.random(folder.resolve("source"), 20 << 20, 4);
            Path target = mount.resolve("target");

            Cli.Result result =
                    Cli.run("copy", ENGINE, option, "--json", source.toString(), target.toString());

            assertThat(result.code()).as(result.toString()).isEqualTo(1);
            assertThat(result.err())
                    .containsIgnoringCase("no space left")
                    .contains("free some space");
            assertThat(result.json()).containsKey("error").containsEntry("engine", "io_uring");
            assertThat(mount).isEmptyDirectory();
        } finally {
            assertThat(run("umount", mount.toString())).isZero();
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).start().waitFor();
    }

    @Test
    @DisplayName(
            "killed on the way, it leaves no target, and what the next copy makes of the rest is"
                    + " whole")
    void shouldLeaveNoTargetWhenKilled() throws Exception {
        Path source = TestFiles.random(folder.resolve("source"), BYTES, 5);
        Path target = folder.resolve("target");
        try (Cli cli =
                Cli.start("copy", ENGINE, "--limit=10M", source.toString(), target.toString())) {
            await().atMost(DEADLINE)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> isUnderWay(cli, Siblings.partial(target)));
            assertThat(hasThread(cli.pid(), "dma-uring-work")).isTrue();
            cli.signal("KILL");

            assertThat(cli.await().code()).isEqualTo(137);
        }
        assertThat(target).doesNotExist();
        Cli.Result next = Cli.run("copy", ENGINE, "--json", source.toString(), target.toString());
        assertThat(next.code()).as(next.toString()).isZero();
        assertThat(next.json()).containsEntry("engine", "io_uring");
        assertThat(TestFiles.same(source, target)).isTrue();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    private static boolean isUnderWay(Cli cli, Path partial) throws Exception {
        assertThat(cli.isAlive()).isTrue();
        return Files.exists(partial) && TestFiles.allocatedBytes(partial) >= 1 << 20;
    }

    /** Names are cut by the kernel. */
    private static boolean hasThread(long pid, String name) throws IOException {
        Path tasks = Path.of("/proc/" + pid + "/task");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path each : all) {
                try {
                    if (Files.readString(each.resolve("comm")).startsWith(name)) {
                        return true;
                    }
                } catch (NoSuchFileException ended) {
                    // Another thread, meanwhile.
                }
            }
        }
        return false;
    }
}
