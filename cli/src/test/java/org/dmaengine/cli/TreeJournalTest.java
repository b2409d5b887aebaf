package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What one copy of a tree leaves to the next one to its target. */
final class TreeJournalTest {
    private static final Path MADE = Path.of("made");

    @TempDir Path folder;

    @Test
    void shouldHandOnItsTagAndWhatItHasMade() throws IOException {
        Path target = folder.resolve("target");
        String tag = interrupted(target);

        try (TreeJournal resumed = TreeJournal.resumed(folder, target)) {
            assertThat(resumed.tag()).isEqualTo(tag);
            assertThat(resumed.isMade(MADE)).isTrue();
        }
        try (TreeJournal fresh = TreeJournal.fresh(folder, target)) {
            assertThat(fresh.tag()).isEqualTo(tag);
            assertThat(fresh.isMade(MADE)).isTrue();
        }
        try (TreeJournal resumed = TreeJournal.resumed(folder, target)) {
            assertThat(resumed.tag()).isEqualTo(tag);
            assertThat(resumed.isMade(MADE)).as("though all was begun anew since").isTrue();
        }
    }

    @Test
    void shouldDropOnlyWhatTheInterruptedCopyLeft() throws IOException {
        Path target = folder.resolve("target");
        Path file = folder.resolve("file");
        String tag = interrupted(target);
        Path left = Files.createFile(Siblings.partial(file, tag));
        Path ofAnother = Files.createFile(Siblings.partial(file, "another"));

        try (TreeJournal resumed = TreeJournal.resumed(folder, target)) {
            resumed.dropLeftOver(file);
        }

        assertThat(left).doesNotExist();
        assertThat(ofAnother).exists();
    }

    @Test
    void shouldNameATagWhereTheJournalHasNone() throws IOException {
        Path target = folder.resolve("target");
        try (Journal old = Journal.fresh(target)) {
            var head = Json.object();
            head.put("tree", true);
            old.append(head);
        }
        String tag;
        try (TreeJournal first = TreeJournal.resumed(folder, target)) {
            tag = first.tag();
        }

        try (TreeJournal second = TreeJournal.resumed(folder, target)) {
            assertThat(second.tag()).isEqualTo(tag);
        }
    }

    @Test
    void shouldHaveATagThatNoOtherHas() throws IOException {
        assertThat(interrupted(folder.resolve("one")))
                .isNotEqualTo(interrupted(folder.resolve("other")));
    }

    @Test
    void shouldLookNoFurtherThanItsHead() throws IOException {
        Path target = folder.resolve("target");
        interrupted(target);
        AtomicInteger lines = new AtomicInteger();

        try (Journal left = Journal.leftOver(target).orElseThrow()) {
            assertThat(left.hasAny(entry -> lines.incrementAndGet() > 0)).isTrue();
            assertThat(lines).hasValue(1);
            left.append(Map.of("last", true));
            assertThat(left.entries().getLast()).as("appended behind all").containsKey("last");
        }
        assertThat(TreeJournal.isLeft(target)).isTrue();
    }

    @Test
    void shouldReadMillionsOfFilesOneByOne() throws Exception {
        Path target = folder.resolve("target");
        interrupted(target);
        try (Journal left = Journal.leftOver(target).orElseThrow()) {
            for (int i = 0; i < 300; i++) {
                left.append(filesDone(i));
            }
        }
        assertThat(Siblings.journal(target).toFile().length()).isGreaterThan(30 << 20);

        Process small =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx16m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                InSmallHeap.class.getName(),
                                folder.toString(),
                                target.toString())
                        .redirectErrorStream(true)
                        .start();

        assertThat(new String(small.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("left, and begun anew");
        assertThat(small.waitFor()).isZero();
        assertThat(Siblings.journal(target).toFile().length()).isLessThan(1 << 10);
    }

    /** A thousand lines. */
    private static List<Map<String, Object>> filesDone(int number) {
        SourceIdentity source = new SourceIdentity(number, FileTime.fromMillis(number), "key");
        List<Map<String, Object>> entries = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            var entry = Json.object();
            entry.put("done", "folder-%d/file-with-a-longer-name-%d".formatted(number, i));
            entry.put("source", source.toJson());
            entries.add(entry);
        }
        return entries;
    }

    /** What a command does at its start, as a process of its own. */
    static final class InSmallHeap {
        private InSmallHeap() {}

        public static void main(String[] arguments) throws IOException {
            Path source = Path.of(arguments[0]);
            Path target = Path.of(arguments[1]);
            if (TreeJournal.isLeft(target)) {
                TreeJournal.fresh(source, target).close();
                System.out.println("left, and begun anew");
            }
        }
    }

    /** Leaves a journal behind, and answers its tag. */
    private String interrupted(Path target) throws IOException {
        try (TreeJournal journal = TreeJournal.fresh(folder, target)) {
            journal.making(MADE);
            return journal.tag();
        }
    }
}
