package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Copies of files that are large enough to go past the page cache, within this process. */
class CopyDirectTest {
    private static final long MIB = 1 << 20;

    @TempDir Path folder;

    private static int run(Object... arguments) {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return Main.run(new Interruption(), words);
    }

    @ParameterizedTest
    @CsvSource({
        "0, --buffers=8",
        "1, --engine=cpu",
        "4095, --buffers=1",
        "4096, --engine=cpu",
        "10000019, --block-size=68K",
        "10000019, --block-size=65537"
    })
    void shouldCopyEveryTail(long tailBytes, String option) throws IOException {
        Path source = random("source", tailBytes);
        Path target = folder.resolve("target");
        Path second = folder.resolve("second");

        assertThat(run("copy", option, "--verify", source, target)).isZero();
        assertThat(run("copy", option, "--no-sync", target, second)).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
        assertThat(TestFiles.same(source, second)).isTrue();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    @DisplayName("an engine moves what waits for a disk, plain calls what is small or in memory")
    void shouldChooseWhoMoves() throws IOException {
        requireDirectIo();
        Path small = TestFiles.random(folder.resolve("small"), TreeCopy.SMALL_BYTES, 1);
        Path big = TestFiles.random(folder.resolve("big"), TreeCopy.SMALL_BYTES + 1, 2);
        Path huge = random("huge", 5);
        Path cold = folder.resolve("cold");

        assertThat(engineFor(small)).isEqualTo("none");
        assertThat(engineFor(small, "--engine=cpu")).isEqualTo("cpu");
        assertThat(engineFor(big)).isNotEqualTo("none");
        assertThat(engineFor(big, "--no-sync")).isEqualTo("none");
        assertThat(engineFor(big, "--no-sync", "--engine=cpu")).isEqualTo("cpu");
        assertThat(engineFor(huge, "--no-sync")).isEqualTo("none");
        assertThat(run("copy", huge, cold)).isZero();
        assertThat(engineFor(cold, "--no-sync")).isNotEqualTo("none");
        assertThat(engineFor(cold, "--no-sync", "--no-engine")).isEqualTo("none");
    }

    private Object engineFor(Path source, String... options) throws IOException {
        Path target = folder.resolve("target");
        List<String> words = new ArrayList<>(List.of("copy", "--json"));
        words.addAll(List.of(options));
        words.addAll(List.of(source.toString(), target.toString()));

        Cli.Result result = Cli.run(words.toArray(String[]::new));

        assertThat(result.code()).as("%s", result).isZero();
        assertThat(TestFiles.same(source, target)).isTrue();
        return result.json().get("engine");
    }

    @Test
    @DisplayName("the page cache has what was written through it, and not what went past it")
    void shouldLeaveThePageCacheAlone() throws IOException {
        requireDirectIo();
        Path source = random("source", 5);
        Path direct = folder.resolve("direct");
        Path cached = folder.resolve("cached");

        assertThat(run("copy", source, direct)).isZero();
        assertThat(run("copy", "--no-sync", source, cached)).isZero();

        assertThat(isLacking(source)).isFalse();
        assertThat(isLacking(direct)).isTrue();
        assertThat(isLacking(cached)).isFalse();
        // Read past it, too: it lacks the file afterwards as it did before.
        assertThat(run("copy", "--no-sync", direct, folder.resolve("again"))).isZero();
        assertThat(isLacking(direct)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, --verify", "777, --verify", "0, --no-engine", "777, --no-engine"})
    void shouldKeepHolesInTheMiddleAndAtTheEnd(long tailBytes, String option) throws Exception {
        Path source = folder.resolve("source");
        long length = DirectIo.FILE_BYTES + 9 * MIB + tailBytes;
        try (FileChannel file =
                FileChannel.open(source, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at : new long[] {5, 7 * MIB, 7 * MIB + 9000, DirectIo.FILE_BYTES}) {
                file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), at);
            }
            file.write(ByteBuffer.allocate(1), length - 1);
        }
        Path target = folder.resolve("target");

        assertThat(run("copy", source, target, option)).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
        assertThat(TestFiles.allocatedBytes(target)).isLessThan(MIB);
    }

    @ParameterizedTest
    @ValueSource(longs = {33 * MIB, 33 * MIB + 1})
    @DisplayName("goes on where an interrupted copy stopped, at a whole unit or not")
    void shouldResume(long safeBytes) throws IOException {
        Path source = random("source", 17);
        Path target = folder.resolve("target");
        byte[] partial = Files.readAllBytes(source);
        // Behind the claim lies rubbish, as after a crash.
        partial[(int) safeBytes] ^= 1;
        TestFiles.plantPartial(source, target, partial, safeBytes);

        assertThat(run("copy", source, target, "--resume", "--verify")).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-engine", "--no-sync"})
    void shouldResumeInsideTheKernel(String option) throws IOException {
        Path source = random("source", 19);
        Path target = folder.resolve("target");
        byte[] partial = Files.readAllBytes(source);
        int safe = (int) (21 * MIB + 3);
        partial[safe] ^= 1;
        TestFiles.plantPartial(source, target, partial, safe);

        assertThat(run("copy", source, target, "--resume", option)).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    @DisplayName("goes through the page cache where Linux makes the file, and then refuses")
    void shouldDoWithoutDirectIo() throws Exception {
        // Queues of messages: the one file system at hand that has no direct I/O.
        Path mount = mount("mqueue", "rw");
        Destination to =
                Destination.of(mount.resolve("dmaengine-" + ProcessHandle.current().pid()));
        try {
            // All of the machine's queues lie there, not only this test's.
            Set<String> before = TestFiles.files(mount).keySet();
            assertThat(TestFile.refusal(mount, true)).isPresent();
            assertThat(TestFiles.files(mount).keySet()).isEqualTo(before);
            try (TargetFile file = TargetFile.create(to, OwnFile.OWNER_ONLY, true)) {
                assertThat(file.direct()).isFalse();
            }
            try (TargetFile file = TargetFile.openLeftOver(to.partial(), true)) {
                assertThat(file.direct()).isFalse();
            }
        } finally {
            Files.deleteIfExists(to.partial());
            unmount(mount);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--buffers=8", "--no-engine"})
    void shouldLeaveNothingOnFullDisk(String option) throws Exception {
        Path mount = mount("tmpfs", "size=40m");
        try {
            Path source = random("source", 99);

            assertThat(run("copy", option, source, mount.resolve("target"))).isEqualTo(1);

            assertThat(mount).isEmptyDirectory();
        } finally {
            unmount(mount);
        }
    }

    private Path random(String name, long tailBytes) throws IOException {
        return TestFiles.random(folder.resolve(name), DirectIo.FILE_BYTES + tailBytes, tailBytes);
    }

    private static boolean isLacking(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            return PageCache.lacks(file, file.size());
        }
    }

    private void requireDirectIo() {
        assumeTrue(
                TestFile.refusal(folder, true).isEmpty(),
                "the folder for tests is on a file system without direct I/O");
    }

    private Path mount(String type, String options) throws Exception {
        Path mount = Files.createDirectory(folder.resolve("mount"));
        assumeTrue(
                new ProcessBuilder("mount", "-t", type, "-o", options, "none", mount.toString())
                                .start()
                                .waitFor()
                        == 0,
                "only root can mount a file system");
        return mount;
    }

    private static void unmount(Path mount) throws Exception {
        assertThat(new ProcessBuilder("umount", mount.toString()).start().waitFor()).isZero();
    }
}
