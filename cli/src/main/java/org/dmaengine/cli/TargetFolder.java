package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A folder of the target while it is filled, by the walk and by the workers that copy its files. It
 * counts who is still at it: the walk, each file that is under way, each folder in it. Whoever is
 * the last finishes it: forces its names to disk, gives it its attributes, and lets go of the
 * folder around it. So children come first, whichever thread that is.
 *
 * <p>Its names are forced once for many files. Only then are these files told as safe, and may the
 * journal name them.
 */
final class TargetFolder {
    /** So many files may be on disk already without being told as safe. */
    private static final int BATCH_FILES = 128;

    /**
     * A file that has got its name.
     *
     * @param relative where, from the root of the tree
     * @param source what it was copied from
     * @param named how much that was
     */
    record File(Path relative, SourceIdentity source, FileCopy.Named named) {}

    private final @Nullable TargetFolder parent;
    private final Path path;
    private final boolean made;
    private final Optional<TargetAttributes> attributes;
    private final TreeRecord record;
    // All guarded by this.
    private List<File> files = new ArrayList<>();
    private int users = 1;
    private boolean hasNewNames;
    private boolean whole = true;

    /**
     * The walk is in it from now on.
     *
     * @param parent the folder around it, null for the root of the tree
     * @param made whether this copy has made it
     * @param attributes what it gets when all in it is done
     */
    TargetFolder(
            @Nullable TargetFolder parent,
            Path path,
            boolean made,
            Optional<TargetAttributes> attributes,
            TreeRecord record) {
        this.parent = parent;
        this.path = path;
        this.made = made;
        this.attributes = attributes;
        this.record = record;
        if (parent != null) {
            parent.enter();
        }
    }

    @Nullable TargetFolder parent() {
        return parent;
    }

    /** True if this copy has made it, so that nothing is in it but what this copy has put there. */
    boolean isMade() {
        return made;
    }

    /** Somebody more is at it. */
    synchronized void enter() {
        users++;
    }

    /** A link has got its name. */
    synchronized void linked() {
        hasNewNames = true;
    }

    /** A file has got its name; whoever fills the batch secures it. */
    void add(File file) throws IOException {
        List<File> batch;
        synchronized (this) {
            hasNewNames = true;
            files.add(file);
            if (record.isSync() && files.size() < BATCH_FILES) {
                return;
            }
            batch = takeFiles();
        }
        if (record.isSync()) {
            try (OpenFolder folder = OpenFolder.of(path)) {
                folder.force();
            }
        }
        record.finished(batch);
    }

    private List<File> takeFiles() {
        List<File> taken = files;
        files = new ArrayList<>();
        return taken;
    }

    /**
     * Somebody is done with it.
     *
     * @param complete false if something that belongs in it was not even tried; then it must stay
     *     open to a later copy that goes on, whatever its attributes should be
     */
    void leave(boolean complete) {
        synchronized (this) {
            whole &= complete;
            users--;
            if (users > 0) {
                return;
            }
        }
        try {
            finish();
        } catch (IOException problem) {
            record.failed(FileProblem.of("writing " + path, problem));
        } finally {
            if (parent != null) {
                parent.leave(isWhole());
            }
        }
    }

    private synchronized boolean isWhole() {
        return whole;
    }

    /** By whoever was the last. */
    private synchronized void finish() throws IOException {
        if (record.isSync() && (made || hasNewNames)) {
            // Opened before its mode may forbid to.
            try (OpenFolder folder = OpenFolder.of(path)) {
                applyAttributes();
                folder.force();
            }
            if (made && parent == null) {
                try (OpenFolder around = OpenFolder.around(path)) {
                    around.force();
                }
            }
        } else {
            applyAttributes();
        }
        if (!files.isEmpty()) {
            record.finished(takeFiles());
        }
    }

    private void applyAttributes() throws IOException {
        if (whole && attributes.isPresent()) {
            attributes.get().applyTo(path);
        }
    }
}
