package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which files of a tree an interrupted copy had finished, and which folders it had made. A file is
 * skipped only if the journal names it, its source is unchanged since, and its target is still
 * there; that a target merely looks right is never enough.
 */
final class TreeJournal implements AutoCloseable {
    private final Journal journal;
    private final TreeClaims left;
    private final String tag;
    // Guarded by this: whether it says anything of this copy.
    private boolean hasNews;

    private TreeJournal(Journal journal, TreeClaims left) {
        this.journal = journal;
        this.left = left;
        this.tag =
                left.tag()
                        .orElseGet(() ->
                                Long.toString(
                                        ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36));
    }

    /**
     * Takes no notice of what an interrupted copy has finished, but of how it called the rest, and
     * of which folders it has made: those wait for their mode.
     */
    static TreeJournal fresh(Path sourceRoot, Path targetRoot) throws IOException {
        PartialFile.dropLeftOver(targetRoot);
        Optional<Journal> found = Journal.leftOver(targetRoot);
        TreeJournal tree =
                found.isPresent()
                        ? new TreeJournal(found.get(), TreeClaims.withoutFiles(found.get()))
                        : new TreeJournal(Journal.first(targetRoot), TreeClaims.none());
        tree.begin(sourceRoot);
        return tree;
    }

    /** What is written before is not of this copy. */
    private void begin(Path sourceRoot) throws IOException {
        Map<String, Object> head = Json.object();
        head.put(TreeClaims.HEAD, true);
        head.put(TreeClaims.TAG, tag);
        head.put(TreeClaims.OF, sourceRoot.toRealPath().toString());
        head.put(TreeClaims.FILE_KEY, fileKey(sourceRoot));
        List<Map<String, Object>> entries = new ArrayList<>(List.of(head));
        left.finished().forEach(folder -> entries.add(madeEntry(folder)));
        entries.add(finishedEntry());
        left.made().forEach(folder -> entries.add(madeEntry(folder)));
        journal.restart(entries);
    }

    private static Map<String, Object> finishedEntry() {
        Map<String, Object> entry = Json.object();
        entry.put(TreeClaims.FINISHED, true);
        return entry;
    }

    private static Map<String, Object> madeEntry(String folder) {
        Map<String, Object> entry = Json.object();
        entry.put(TreeClaims.MADE, folder);
        return entry;
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
            TreeClaims left = TreeClaims.of(found.get());
            requireSame(sourceRoot, targetRoot, left);
            PartialFile.dropLeftOver(targetRoot);
            TreeJournal tree = new TreeJournal(found.get(), left);
            if (left.tag().isEmpty()) {
                // The journal is of an earlier version.
                Map<String, Object> named = Json.object();
                named.put(TreeClaims.TAG, tree.tag);
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

    private static void requireSame(Path sourceRoot, Path targetRoot, TreeClaims left)
            throws IOException {
        if (!left.isOf(sourceRoot.toRealPath().toString(), fileKey(sourceRoot))) {
            throw new CommandFailure(
                    "what was interrupted in "
                            + targetRoot
                            + " is a copy of "
                            + left.origin()
                            + ", not of "
                            + sourceRoot
                            + "; go on with that one, or run without --resume");
        }
    }

    private static String fileKey(Path root) throws IOException {
        Object key = Files.readAttributes(root, BasicFileAttributes.class).fileKey();
        return key == null ? "none" : key.toString();
    }

    /** Whether a copy of a tree to this folder was interrupted, or could not copy all of it. */
    static boolean isLeft(Path targetRoot) throws IOException {
        try (Journal left = Journal.leftOver(targetRoot).orElse(null)) {
            return left != null && left.hasAny(entry -> entry.containsKey(TreeClaims.HEAD));
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
        if (left.tag().isPresent()) {
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
        return left.hasDone()
                && left.isDone(
                        folder.relative(target.getFileName()).toString(), SourceIdentity.of(source))
                && Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                && Files.size(target) == source.size();
    }

    /**
     * Whether the copy that was interrupted made the folder, and may have left it with a mode of
     * its own.
     */
    boolean isMade(Path relative) {
        return left.made().contains(relative.toString());
    }

    /**
     * Whether an earlier copy made the folder and gave it its mode, and then could not copy all of
     * what is in it.
     */
    boolean isFinished(Path relative) {
        return left.finished().contains(relative.toString());
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
            entry.put(TreeClaims.DONE, relative.toString());
            entry.put(TreeClaims.SOURCE, source.toJson());
            entries.add(entry);
        });
        journal.append(entries);
        hasNews = true;
    }

    /** Whether there is something in it that a later copy could go on with. */
    synchronized boolean isOfUse() {
        return hasNews || !left.made().isEmpty() || !left.finished().isEmpty() || left.hasDone();
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
