package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;

/**
 * On which file systems a plain file has the length that it tells. One of no length may hold
 * something all the same, or keep its reader waiting: those of /proc and of /sys/kernel/tracing
 * tell none. Those of /sys tell the most that they may have. For any thread.
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

    /** What the kernel makes up when it is read. */
    private static final Set<String> MADE_UP =
            Set.of(
                    "binfmt_misc",
                    "cgroup",
                    "cgroup2",
                    "configfs",
                    "debugfs",
                    "fusectl",
                    "mqueue",
                    "proc",
                    "resctrl",
                    "securityfs",
                    "selinuxfs",
                    "sysfs",
                    "tracefs");

    private ToldSizes() {}

    /**
     * True if the size that this file tells is its size. Through symbolic links.
     *
     * @param seen what a look at it has told
     */
    static boolean isTold(Path file, BasicFileAttributes seen) throws IOException {
        return seen.size() > 0 ? !isMadeUp(file, seen) : isTold(file);
    }

    /** The same if it tells none. */
    static boolean isTold(Path file) throws IOException {
        return KEEPING.contains(FileSystemType.of(file));
    }

    private static boolean isMadeUp(Path file, BasicFileAttributes seen) {
        Optional<Long> device = FileSystemType.device(seen);
        return device.isPresent()
                && !FileSystemType.isOnDisk(device.get())
                && MADE_UP.contains(FileSystemType.of(file, device.get()));
    }
}
