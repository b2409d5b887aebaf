package org.dmaengine.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that goes with this process, however that ends but by force. */
final class WorkFolder {
    private WorkFolder() {}

    static Path make() throws IOException {
        Path folder = Files.createTempDirectory("dmaengine-bench-");
        Ending.willDelete(folder);
        return folder;
    }
}
