package org.dmaengine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder that goes with this process, however that ends but by force. */
final class WorkFolder {
    private WorkFolder() {}

    static Path make() throws IOException {
        Path folder = Files.createTempDirectory("dmaengine-bench-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "bench-clean-up"));
        return folder;
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }
}
