package org.dmaengine.bench.file;

import org.dmaengine.bench.Skip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** For cases that are about a disk: whether there is one under the folder of the run. */
final class Disk {
    private static final Set<String> IN_MEMORY = Set.of("ramfs", "tmpfs");

    private Disk() {}

    /**
     * @throws Skip if the folder is in memory, where direct access and a sync work too, and tell of
     *     nothing
     */
    static void require(Path folder) throws Skip, IOException {
        String type = Files.getFileStore(folder).type();
        if (isInMemory(type)) {
            throw new Skip(
                    "the folder for temporary files is in memory (" + type + ") and not on a disk");
        }
    }

    /**
     * @param type of a file system, as the kernel calls it
     */
    static boolean isInMemory(String type) {
        return IN_MEMORY.contains(type);
    }
}
