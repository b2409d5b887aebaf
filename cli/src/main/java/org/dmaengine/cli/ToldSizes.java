package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

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

    private ToldSizes() {}

    /** True if the size that this file tells is its size. Through symbolic links. */
    static boolean isTold(Path file) throws IOException {
        return KEEPING.contains(FileSystemType.of(file));
    }
}
