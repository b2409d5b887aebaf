package org.dmaengine.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Forces all that was written on a file system to disk, data and names, in one call: syncfs(2). For
 * many small files that is much quicker than fsync(2) of each. It waits for what others have
 * written there too, and fails if the disk refused something of theirs.
 *
 * <p>The kernel tells a descriptor of a failure once. So the call that fails may have been told of
 * what a later one should tell of, which succeeds then. From its first failure on each file is to
 * be forced by itself: fsync(2) asks what became of that file, and takes no answer from others. For
 * any thread.
 */
final class FileSystemSync implements AutoCloseable {
    /**
     * Where it forces as much as fsync(2) does, and tells of what failed, by the names of mount(8).
     * A network or FUSE mount may keep what fsync(2) would have brought to its server; an overlay
     * does not tell what the file system below it could not write.
     */
    private static final Set<String> TRUSTED =
            Set.of("bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "tmpfs", "xfs");

    private static final int NO_DESCRIPTOR = -1;
    private static final int EBADF = 9;

    private final LinuxCalls linux;
    private final int descriptor;
    private final Object device;
    // Volatile: set before the first call, so that who sees false may still be covered by it.
    private volatile boolean used;
    // Volatile: set by the call that fails, for ever.
    private volatile boolean failed;

    /**
     * @param device what {@link FileSystemType#device} tells of it
     */
    FileSystemSync(LinuxCalls linux, int descriptor, Object device) {
        this.linux = linux;
        this.descriptor = descriptor;
        this.device = device;
    }

    /**
     * Of the file system that this folder is on; empty where it cannot be had, or not be trusted.
     */
    static Optional<FileSystemSync> of(Path folder) throws IOException {
        if (!trusts(FileSystemType.of(folder))
                || !tellsOfFailures(System.getProperty("os.version", ""))) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            LinuxCalls linux = LinuxCalls.link();
            // What answers so knows the call, and is allowed it.
            if (linux.syncFileSystem(NO_DESCRIPTOR) != -EBADF) {
                return Optional.empty();
            }
            int descriptor = linux.openToRead(NativePath.of(folder, arena));
            return descriptor < 0
                    ? Optional.empty()
                    : Optional.of(
                            new FileSystemSync(linux, descriptor, FileSystemType.device(folder)));
        } catch (RingUnavailable notLinked) {
            return Optional.empty();
        }
    }

    /** Whether it does as much as fsync(2) there, by the name of mount(8). */
    static boolean trusts(String type) {
        return TRUSTED.contains(type);
    }

    /** Since Linux 5.8, says syncfs(2), a write that failed makes it fail. */
    static boolean tellsOfFailures(String version) {
        String[] parts = version.split("[^0-9]+", 3);
        try {
            int major = Integer.parseInt(parts[0]);
            return major > 5 || (major == 5 && Integer.parseInt(parts[1]) >= 8);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException notAVersion) {
            return false;
        }
    }

    /** True if what is written in this folder is forced by it. */
    boolean covers(Path folder) throws IOException {
        return device.equals(FileSystemType.device(folder));
    }

    /** Whether it has been called, or is being called. */
    boolean isUsed() {
        return used;
    }

    /** Whether it has failed, so that its success says nothing any more. */
    boolean hasFailed() {
        return failed;
    }

    /**
     * Returns when all that was written before is on disk.
     *
     * @throws IOException if something may not be
     */
    void force() throws IOException {
        used = true;
        int result = linux.syncFileSystem(descriptor);
        if (result < 0) {
            failed = true;
            throw new IOException("syncfs failed with error " + -result);
        }
    }

    @Override
    public void close() {
        int _ = linux.close(descriptor);
    }
}
