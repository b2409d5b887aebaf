package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which kind of file system a file is on. For any thread. */
final class FileSystemType {
    /** By device: asking for the name reads the table of mounts, too much for each file. */
    private static final Map<Object, String> KNOWN = new ConcurrentHashMap<>();

    /** How Java writes a key. */
    private static final String DEVICE = "(dev=";

    // Of the major number, in dev_t of the C libraries of Linux.
    private static final long MAJOR_BITS = 0xfffff000000fff00L;

    private FileSystemType() {}

    /** Its name as in mount(8); empty if nobody tells. Through symbolic links. */
    static String of(Path file) throws IOException {
        return OwnFile.POSIX ? of(file, device(file)) : "";
    }

    /** The same of a file whose device is known. */
    static String of(Path file, Object device) {
        return KNOWN.computeIfAbsent(device, _ -> asked(file));
    }

    /** Equal for files of one file system. Only where there are owners and modes. */
    static Object device(Path file) throws IOException {
        return Files.getAttribute(file, "unix:dev");
    }

    /** What a look at a file has told of it, without another one; empty if nothing. */
    static Optional<Long> device(BasicFileAttributes seen) {
        String key = String.valueOf(seen.fileKey());
        return key.startsWith(DEVICE)
                ? Optional.of(Long.parseLong(key, DEVICE.length(), key.indexOf(','), 16))
                : Optional.empty();
    }

    /** Whether it is a block device, and none that the kernel has numbered for itself. */
    static boolean isOnDisk(long device) {
        return (device & MAJOR_BITS) != 0;
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
