package org.dmaengine.cli;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the {@link TreeJournal} that an earlier copy left says: how it called what was on its way,
 * what it was a copy of, and what it had done. Of millions of files no more is kept than it takes
 * to know them again.
 */
final class TreeClaims {
    static final String HEAD = "tree";
    static final String TAG = "tag";
    static final String OF = "of";
    static final String FILE_KEY = "file";
    static final String FINISHED = "finished";
    static final String MADE = "made";
    static final String DONE = "done";
    static final String SOURCE = "source";

    private final boolean keepsDone;
    private final Map<String, String> done = new HashMap<>();
    // Folders that wait for their mode, and those that have got it, though something in them
    // failed.
    private final Set<String> made = new HashSet<>();
    private final Set<String> finished = new HashSet<>();
    private final Map<String, Object> origin = new HashMap<>();
    private Optional<String> tag = Optional.empty();

    private TreeClaims(boolean keepsDone) {
        this.keepsDone = keepsDone;
    }

    /** Nothing is claimed. */
    static TreeClaims none() {
        return new TreeClaims(false);
    }

    /** All that counts for a copy that goes on. */
    static TreeClaims of(Journal journal) throws IOException {
        return read(journal, true);
    }

    /** Without the files, for a copy that begins anew. */
    static TreeClaims withoutFiles(Journal journal) throws IOException {
        return read(journal, false);
    }

    private static TreeClaims read(Journal journal, boolean keepsDone) throws IOException {
        TreeClaims claims = new TreeClaims(keepsDone);
        journal.forEach(claims::take);
        return claims;
    }

    private void take(Map<String, Object> entry) {
        if (tag.isEmpty() && entry.get(TAG) instanceof String found) {
            tag = Optional.of(found).filter(text -> text.matches("[0-9a-z]{1,13}"));
        }
        if (entry.containsKey(OF)) {
            origin.putAll(entry);
        }
        if (entry.containsKey(HEAD)) {
            done.clear();
            made.clear();
            finished.clear();
        } else if (entry.containsKey(FINISHED)) {
            finished.addAll(made);
            made.clear();
        } else if (entry.get(DONE) instanceof String file
                && entry.get(SOURCE) instanceof Map<?, ?> source) {
            if (keepsDone) {
                done.put(file, SourceIdentity.text(source));
            }
        } else if (entry.get(MADE) instanceof String folder) {
            made.add(folder);
        }
    }

    /** By which the first of these copies has called what was on its way; empty if by nothing. */
    Optional<String> tag() {
        return tag;
    }

    /** Whether they were of this source: by its path, or, if it was moved, by what it is. */
    boolean isOf(String path, String fileKey) {
        return origin.isEmpty()
                || path.equals(origin.get(OF))
                || fileKey.equals(origin.get(FILE_KEY));
    }

    /** What they were a copy of. */
    String origin() {
        return String.valueOf(origin.get(OF));
    }

    /** Whether this file was copied from a source that was as it is now. */
    boolean isDone(String file, SourceIdentity source) {
        return source.text().equals(done.get(file));
    }

    boolean hasDone() {
        return !done.isEmpty();
    }

    /** Folders that wait for their mode. */
    Set<String> made() {
        return made;
    }

    /** Folders that have got it, though something in them failed. */
    Set<String> finished() {
        return finished;
    }
}
