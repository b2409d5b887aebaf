package org.dmaengine.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Copies from file to file inside the kernel, by copy_file_range(2), which is what {@link
 * FileChannel#transferTo} calls on Linux. No byte comes to this process, so that none can be
 * summed, and no run of zeros is seen. Holes of the source would be filled: it is for files
 * without.
 *
 * <p>A file system that can share blocks between files does that instead of copying.
 */
final class KernelCopy {
    /** Of one call, which nobody can stop: a millisecond in the page cache. */
    static final int STEP_BYTES = 1 << 20;

    private KernelCopy() {}

    /**
     * Whether it can be used, and is worth its own price: to ask for holes a foreign call is
     * linked, which takes as long as copying {@link DirectIo#FILE_BYTES} otherwise.
     */
    static boolean suits(OpenSource source) {
        Optional<Path> path = source.path();
        return path.isPresent()
                && source.sizeBytes() >= DirectIo.FILE_BYTES
                && hasNoHole(path.get(), source.sizeBytes());
    }

    /**
     * Whether the first hole is where the file ends. If the path leads to another file by now, no
     * more is lost than that a hole is filled.
     *
     * @return false also if nobody can tell
     */
    static boolean hasNoHole(Path path, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            LinuxCalls linux = LinuxCalls.link();
            MemorySegment name = NativePath.of(path, arena);
            int file = linux.openToRead(name);
            if (file < 0) {
                return false;
            }
            try {
                return linux.seekHole(file) == bytes;
            } finally {
                int _ = linux.close(file);
            }
        } catch (RingUnavailable notLinked) {
            return false;
        }
    }

    /**
     * Copies some bytes, at the same offset on both sides.
     *
     * @return how many; 0 if it cannot be done, or failed: then plain calls tell which side did
     */
    static long copy(FileChannel source, FileChannel target, long at, long bytes) {
        try {
            target.position(at);
            return source.transferTo(at, bytes, target);
        } catch (IOException failed) {
            return 0;
        }
    }
}
