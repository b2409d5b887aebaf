package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which files of a tree an interrupted copy had finished, and which folders it had made. A file is
 * skipped only if the journal names it, its source is unchanged since, and its target is still
 * there; that a target merely looks right is never enough.
 */
final class TreeJournal implements AutoCloseable {
    private static final String HEAD = "tree";
    private static final String TAG = "tag";
    private static final String OF = "of";
    private static final String FILE_KEY = "file";
    private static final String FINISHED = "finished";

    private final Journal journal;
    private final String tag;
    private final boolean isInherited;
    private final Map<String, Map<?, ?>> done = new HashMap<>();
    // Folders that wait for their mode, and those that have got it, though something in them
    // failed.
    private final Set<String> made = new HashSet<>();
    private final Set<String> finished = new HashSet<>();
    // Guarded by this: whether it says anything of this copy.
    private boolean hasNews;

    private TreeJournal(Journal journal, Optional<String> inherited) {
        this.journal = journal;
        this.isInherited = inherited.isPresent();
        this.tag =
                inherited.orElseGet(() ->
                        Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36));
    }

    /**
     * Takes no notice of what an interrupted copy has finished, but of how it called the rest, and
     * of which folders it has made: those wait for their mode.
     */
    static TreeJournal fresh(Path sourceRoot, Path targetRoot) throws IOException {
        Optional<Journal> left = Journal.leftOver(targetRoot);
        TreeJournal tree =
                left.isPresent()
                        ? inheriting(left.get(), left.get().entries())
                        : new TreeJournal(Journal.first(targetRoot), Optional.empty());
        tree.begin(sourceRoot);
        return tree;
    }

    private static TreeJournal inheriting(Journal left, List<Map<String, Object>> entries) {
        TreeJournal tree = new TreeJournal(left, tag(entries));
        entries.forEach(tree::take);
        return tree;
    }

    /** What is written before is not of this copy. */
    private void begin(Path sourceRoot) throws IOException {
        Map<String, Object> head = Json.object();
        head.put(HEAD, true);
        head.put(TAG, tag);
        head.put(OF, sourceRoot.toRealPath().toString());
        head.put(FILE_KEY, fileKey(sourceRoot));
        List<Map<String, Object>> entries = new ArrayList<>(List.of(head));
        finished.forEach(folder -> entries.add(madeEntry(folder)));
        entries.add(finishedEntry());
        made.forEach(folder -> entries.add(madeEntry(folder)));
        done.clear();
        journal.restart(entries);
    }

    private static Map<String, Object> finishedEntry() {
        Map<String, Object> entry = Json.object();
        entry.put(FINISHED, true);
        return entry;
    }

    private static Map<String, Object> madeEntry(String folder) {
        Map<String, Object> entry = Json.object();
        entry.put("made", folder);
        return entry;
    }

    private static Optional<String> tag(List<Map<String, Object>> entries) {
        return entries.stream()
                .flatMap(entry -> Optional.ofNullable(entry.get(TAG)).stream())
                .map(Object::toString)
                .filter(found -> found.matches("[0-9a-z]{1,13}"))
                .findFirst();
    }

    /**
     * Goes on with what an interrupted copy of the same source has begun.
     *
     * @throws CommandFailure if that was a copy of another source
     */
    static TreeJournal resumed(Path sourceRoot, Path targetRoot) throws IOException {
        Optional<Journal> found = Journal.leftOver(targetRoot);
        if (found.isEmpty()) {
            Output.note("nothing to resume for " + targetRoot + ": copying all of it");
            return fresh(sourceRoot, targetRoot);
        }
        boolean taken = false;
        try {
            List<Map<String, Object>> entries = found.get().entries();
            requireSame(sourceRoot, targetRoot, entries);
            TreeJournal tree = inheriting(found.get(), entries);
            if (!tree.isInherited) {
                // The journal is of an earlier version.
                Map<String, Object> named = Json.object();
                named.put(TAG, tree.tag);
                tree.journal.append(named);
            }
            taken = true;
            return tree;
        } finally {
            if (!taken) {
                found.get().close();
            }
        }
    }

    /** By its path, or, if it was moved, by what it is. */
    private static void requireSame(
            Path sourceRoot, Path targetRoot, List<Map<String, Object>> entries)
            throws IOException {
        Map<String, Object> last = Json.object();
        entries.stream().filter(entry -> entry.containsKey(OF)).forEach(last::putAll);
        if (last.isEmpty()
                || sourceRoot.toRealPath().toString().equals(last.get(OF))
                || fileKey(sourceRoot).equals(last.get(FILE_KEY))) {
            return;
        }
        throw new CommandFailure(
                "what was interrupted in "
                        + targetRoot
                        + " is a copy of "
                        + last.get(OF)
                        + ", not of "
                        + sourceRoot
                        + "; go on with that one, or run without --resume");
    }

    private static String fileKey(Path root) throws IOException {
        Object key = Files.readAttributes(root, BasicFileAttributes.class).fileKey();
        return key == null ? "none" : key.toString();
    }

    /** Whether a copy of a tree to this folder was interrupted, or could not copy all of it. */
    static boolean isLeft(Path targetRoot) throws IOException {
        try (Journal left = Journal.leftOver(targetRoot).orElse(null)) {
            return left != null
                    && left.entries().stream().anyMatch(entry -> entry.containsKey(HEAD));
        }
    }

    private void take(Map<String, Object> entry) {
        if (entry.containsKey(HEAD)) {
            done.clear();
            made.clear();
            finished.clear();
        } else if (entry.containsKey(FINISHED)) {
            finished.addAll(made);
            made.clear();
        } else if (entry.get("done") instanceof String file
                && entry.get("source") instanceof Map<?, ?> source) {
            done.put(file, source);
        } else if (entry.get("made") instanceof String folder) {
            made.add(folder);
        }
    }

    /**
     * By which the copy calls what is on its way to a folder that it has made. No copy that runs
     * has the same; an interrupted one leaves it to whoever copies to its target next.
     */
    String tag() {
        return tag;
    }

    /** Deletes what the interrupted copy may have left of a file, or of a link of that name. */
    void dropLeftOver(Path target) throws IOException {
        if (isInherited) {
            Files.deleteIfExists(Siblings.partial(target, tag));
            Path link = Siblings.partial(target);
            if (Files.isSymbolicLink(link)) {
                // Deleting it follows nothing.
                Files.delete(link);
            }
        }
    }

    boolean isDone(TargetFolder folder, BasicFileAttributes source, Path target)
            throws IOException {
        if (done.isEmpty()) {
            return false;
        }
        Map<?, ?> entry = done.get(folder.relative(target.getFileName()).toString());
        return entry != null
                && SourceIdentity.of(source).matches(entry)
                && Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                && Files.size(target) == source.size();
    }

    /**
     * Whether the copy that was interrupted made the folder, and may have left it with a mode of
     * its own.
     */
    boolean isMade(Path relative) {
        return made.contains(relative.toString());
    }

    /**
     * Whether an earlier copy made the folder and gave it its mode, and then could not copy all of
     * what is in it.
     */
    boolean isFinished(Path relative) {
        return finished.contains(relative.toString());
    }

    /** Every folder has its mode; some files failed. */
    synchronized void finished() throws IOException {
        journal.append(finishedEntry());
    }

    /** It is about to be made. */
    synchronized void making(Path relative) throws IOException {
        journal.append(madeEntry(relative.toString()));
        hasNews = true;
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
        hasNews = true;
    }

    /** Whether there is something in it that a later copy could go on with. */
    synchronized boolean isOfUse() {
        return hasNews || !made.isEmpty() || !finished.isEmpty() || !done.isEmpty();
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
