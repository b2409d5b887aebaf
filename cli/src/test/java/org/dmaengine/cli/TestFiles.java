package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Files for tests, and looks at them. */
final class TestFiles {
    private TestFiles() {}

    /** A file of random bytes. */
    static Path random(Path path, long bytes, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] block = new byte[1 << 20];
        try (var out = Files.newOutputStream(path)) {
            for (long left = bytes; left > 0; left -= block.length) {
                random.nextBytes(block);
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        }
        return path;
    }

    static void fifo(Path path) throws IOException {
        try {
            assumeTrue(
                    new ProcessBuilder("mkfifo", path.toString()).start().waitFor() == 0,
                    "no mkfifo");
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    static boolean same(Path one, Path other) throws IOException {
        return Files.mismatch(one, other) < 0;
    }

    /**
     * A tree of folders, each with so many files of random lengths, the first of length 0, and one
     * folder in the next.
     */
    static Path tree(Path root, int folders, int files, long lengthMaxBytes, long seed)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Path folder = root;
        for (int i = 0; i < folders; i++) {
            Files.createDirectory(folder);
            for (int j = 0; j < files; j++) {
                Path file = folder.resolve("file-" + i + "-" + j);
                long bytes = j == 0 ? 0 : random.nextLong(lengthMaxBytes + 1);
                random(file, bytes, random.nextLong());
            }
            folder = folder.resolve("folder-" + i);
        }
        return root;
    }

    /** All plain files below a folder, by where they are. */
    static Map<String, Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .collect(
                            Collectors.toMap(
                                    path -> root.relativize(path).toString(), Function.identity()));
        }
    }

    static void requireSameTrees(Path one, Path other) throws IOException {
        Map<String, Path> mine = files(one);
        Map<String, Path> theirs = files(other);
        assertThat(theirs.keySet()).isEqualTo(mine.keySet());
        for (Map.Entry<String, Path> file : mine.entrySet()) {
            assertThat(theirs.get(file.getKey())).hasSameBinaryContentAs(file.getValue());
        }
    }

    /** Everything below a folder that a copy may leave beside a target. */
    static List<Path> leftOvers(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> path.getFileName().toString().contains("dmaengine-"))
                    .toList();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** Bytes that the file takes on disk. */
    static long allocatedBytes(Path path) throws IOException, InterruptedException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", path.toString()).start();
        String blocks =
                new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        stat.waitFor();
        return Long.parseLong(blocks) * 512;
    }

    /** What an interrupted copy leaves, with a journal that claims so many bytes of it. */
    static void plantPartial(Path source, Path target, byte[] data, long safe) throws IOException {
        try (OwnFile file = OwnFile.create(Siblings.partial(target))) {
            file.channel().write(ByteBuffer.wrap(data));
        }
        var head = Json.object();
        head.put("source", SourceIdentity.of(source).toJson());
        var claim = Json.object();
        claim.put("safe", safe);
        try (Journal journal = Journal.fresh(target)) {
            journal.append(head);
            journal.append(claim);
        }
    }
}
