package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which files of a tree an interrupted copy had finished, and which folders it had made. A file is
 * skipped only if the journal names it, its source is unchanged since, and its target is still
 * there; that a target merely looks right is never enough.
 */
final class TreeJournal implements AutoCloseable {
    private final Journal journal;
    private final Map<String, Map<?, ?>> done = new HashMap<>();
    private final Set<String> made = new HashSet<>();

    private TreeJournal(Journal journal) {
        this.journal = journal;
    }

    static TreeJournal fresh(Path targetRoot) throws IOException {
        Journal journal = Journal.fresh(Siblings.journal(targetRoot));
        Map<String, Object> head = Json.object();
        head.put("tree", true);
        journal.append(head);
        return new TreeJournal(journal);
    }

    static TreeJournal resumed(Path targetRoot) throws IOException {
        Optional<Journal> found = Journal.leftOver(Siblings.journal(targetRoot));
        if (found.isEmpty()) {
            Output.note("nothing to resume for " + targetRoot + ": copying all of it");
            return fresh(targetRoot);
        }
        TreeJournal tree = new TreeJournal(found.get());
        List<Map<String, Object>> entries = found.get().entries();
        for (Map<String, Object> entry : entries) {
            if (entry.get("done") instanceof String file
                    && entry.get("source") instanceof Map<?, ?> source) {
                tree.done.put(file, source);
            } else if (entry.get("made") instanceof String folder) {
                tree.made.add(folder);
            }
        }
        return tree;
    }

    boolean isDone(TargetFolder folder, SourceIdentity source, Path target) throws IOException {
        if (done.isEmpty()) {
            return false;
        }
        Map<?, ?> entry = done.get(folder.relative(target.getFileName()).toString());
        return entry != null
                && source.matches(entry)
                && Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                && Files.size(target) == source.sizeBytes();
    }

    /**
     * Whether the copy that was interrupted made the folder, and may have left it with a mode of
     * its own.
     */
    boolean isMade(Path relative) {
        return made.contains(relative.toString());
    }

    /** It is about to be made. */
    synchronized void making(Path relative) throws IOException {
        Map<String, Object> entry = Json.object();
        entry.put("made", relative.toString());
        journal.append(entry);
    }

    /** These are on disk, and their names too. Any thread may say so. */
    synchronized void done(Map<Path, SourceIdentity> files) throws IOException {
        List<Map<String, Object>> entries = new ArrayList<>();
        files.forEach((relative, source) -> {
            Map<String, Object> entry = Json.object();
            entry.put("done", relative.toString());
            entry.put("source", source.toJson());
            entries.add(entry);
        });
        journal.append(entries);
    }

    /** All is copied. */
    void delete() throws IOException {
        journal.delete();
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
