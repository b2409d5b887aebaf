package org.dmaengine.bench;

import java.nio.file.Path;

/**
 * Where contestants are opened.
 *
 * @param cores those that are measured on
 * @param peers the folder of the sources of the peers in C
 * @param work a folder for files that last as long as the run
 */
public record Site(Cores cores, Path peers, Path work) {

    /** The folder of the sources of all. */
    Path root() {
        return peers.resolve("../..").normalize();
    }
}
