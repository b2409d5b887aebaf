package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which kind of file system a file is on. For any thread. */
final class FileSystemType {
    /** By device: asking for the name reads the table of mounts, too much for each file. */
    private static final Map<Object, String> KNOWN = new ConcurrentHashMap<>();

    private FileSystemType() {}

    /** Its name as in mount(8); empty if nobody tells. Through symbolic links. */
    static String of(Path file) throws IOException {
        return OwnFile.POSIX ? KNOWN.computeIfAbsent(device(file), _ -> asked(file)) : "";
    }

    /** Equal for files of one file system. Only where there are owners and modes. */
    static Object device(Path file) throws IOException {
        return Files.getAttribute(file, "unix:dev");
    }

    private static String asked(Path file) {
        try {
            return Files.getFileStore(file).type();
        } catch (IOException notInTheTable) {
            // A sandbox may hide its mounts.
            return "";
        }
    }
}
