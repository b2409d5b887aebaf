package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder of the target while it is filled, by the walk and by the workers that copy its files. It
 * counts who is still at it: the walk, each file that is under way, each folder in it. Whoever is
 * the last finishes it: gives it its attributes, forces it to disk if nothing else does, and lets
 * go of the folder around it. So children come first, whichever thread that is.
 */
final class TargetFolder {
    private final @Nullable TargetFolder parent;
    private final Path relative;
    private final Path path;
    private final boolean made;
    private final Optional<TargetAttributes> attributes;
    private final @Nullable FileSystemSync covering;
    private final TreeRecord record;
    // All guarded by this.
    private int users = 1;
    private boolean hasNewNames;
    private boolean whole = true;

    /**
     * The walk is in it from now on.
     *
     * @param parent the folder around it, null for the root of the tree
     * @param relative where it is, from the root of the tree
     * @param made whether this copy has made it
     * @param attributes what it gets when all in it is done
     * @param covering what can force all that is in it, and itself, to disk; null if nothing does
     */
    TargetFolder(
            @Nullable TargetFolder parent,
            Path relative,
            Path path,
            boolean made,
            Optional<TargetAttributes> attributes,
            @Nullable FileSystemSync covering,
            TreeRecord record) {
        this.parent = parent;
        this.relative = relative;
        this.path = path;
        this.made = made;
        this.attributes = attributes;
        this.covering = covering;
        this.record = record;
        if (parent != null) {
            parent.enter();
            if (made) {
                parent.named();
            }
        }
    }

    /** What is in it under this name. */
    Path resolve(Path name) {
        return path.resolve(name);
    }

    /** The same, from the root of the tree. */
    Path relative(Path name) {
        return relative.resolve(name);
    }

    /** True if this copy has made it, so that nothing is in it but what this copy has put there. */
    boolean isMade() {
        return made;
    }

    /** True if one call can force all of it to disk. */
    boolean isCovered() {
        return covering != null;
    }

    /** Forces the names in it to disk. */
    void force() throws IOException {
        try (OpenFolder folder = OpenFolder.of(path)) {
            folder.force();
        }
    }

    /** Somebody more is at it. */
    synchronized void enter() {
        users++;
    }

    /** A link or a folder has got its name in it; of files, whoever publishes them sees to that. */
    synchronized void named() {
        hasNewNames = true;
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
        } catch (CommandFailure failure) {
            record.failed(failure);
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
        // Once that call is used in this tree, it is the last thing that is done for it.
        boolean forced = covering != null && covering.isUsed() && !covering.hasFailed();
        if (record.isSync() && !forced && (made || hasNewNames)) {
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
    }

    private void applyAttributes() throws IOException {
        if (whole && attributes.isPresent()) {
            attributes.get().applyTo(path);
        }
    }
}
