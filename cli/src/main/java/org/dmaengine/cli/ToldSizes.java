package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * On which file systems a plain file of no length is empty. On others it may hold something all the
 * same, or keep its reader waiting: those of /proc and of /sys/kernel/tracing tell no size. For any
 * thread.
 */
final class ToldSizes {
    /** What keeps its files, by the names of mount(8). One that is not here is not trusted. */
    private static final Set<String> KEEPING =
            Set.of(
                    "bcachefs",
                    "btrfs",
                    "erofs",
                    "exfat",
                    "ext2",
                    "ext3",
                    "ext4",
                    "f2fs",
                    "iso9660",
                    "nfs",
                    "nfs4",
                    "overlay",
                    "squashfs",
                    "tmpfs",
                    "vfat",
                    "xfs",
                    "zfs");

    /** By device: asking for the name reads the table of mounts, too much for each file. */
    private static final Map<Object, Boolean> KNOWN = new ConcurrentHashMap<>();

    private ToldSizes() {}

    /** True if the size that this file tells is its size. Through symbolic links. */
    static boolean isTold(Path file) throws IOException {
        if (!OwnFile.POSIX) {
            return false;
        }
        return KNOWN.computeIfAbsent(Files.getAttribute(file, "unix:dev"), _ -> keeps(file));
    }

    private static boolean keeps(Path file) {
        try {
            return KEEPING.contains(Files.getFileStore(file).type());
        } catch (IOException notInTheTable) {
            // A sandbox may hide its mounts.
            return false;
        }
    }
}
