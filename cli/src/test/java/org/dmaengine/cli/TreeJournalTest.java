package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    /** Leaves a journal behind, and answers its tag. */
    private String interrupted(Path target) throws IOException {
        try (TreeJournal journal = TreeJournal.fresh(folder, target)) {
            journal.making(MADE);
            return journal.tag();
        }
    }
}
