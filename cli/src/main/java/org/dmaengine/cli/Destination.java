package org.dmaengine.cli;

import java.nio.file.Path;

/**
 * Where a file is copied to, and under which name it is on its way there.
 *
 * @param path the target
 * @param partial the temporary name beside it
 * @param isNew whether it lies in a folder that this command has made. Nothing can be there that
 *     would be replaced or gone on with; and by the temporary name nobody else can mean it, so that
 *     nobody needs to be locked out
 */
record Destination(Path path, Path partial, boolean isNew) {
    /** Anywhere: others may be copying to it as well. */
    static Destination of(Path target) {
        return new Destination(target, Siblings.partial(target), false);
    }

    /**
     * In a folder that this command has made.
     *
     * @param tag of the copy of the tree
     */
    static Destination inNewFolder(Path target, String tag) {
        return new Destination(target, Siblings.partial(target, tag), true);
    }
}
