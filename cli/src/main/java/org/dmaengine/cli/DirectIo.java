package org.dmaengine.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Direct I/O: the disk moves the bytes from and to the buffers, past the page cache. Places,
 * lengths and memory must be multiples of a unit.
 */
final class DirectIo {
    /** What every disk and file system that takes part is content with. */
    static final int UNIT_BYTES = DataRuns.UNIT_BYTES;

    /** Smaller files are not worth it: what the page cache has of them is on disk as soon. */
    static final long FILE_BYTES = 64 << 20;

    private DirectIo() {}

    /**
     * What a file is opened with for it; empty where the unit of its file system is none that ours
     * is a multiple of, as with many network mounts, or {@link #option()} is.
     *
     * @param there the file, or the folder that it is to be made in
     */
    static Optional<OpenOption> option(Path there) {
        try {
            long unitBytes = Files.getFileStore(there).getBlockSize();
            return unitBytes > 0 && UNIT_BYTES % unitBytes == 0 ? option() : Optional.empty();
        } catch (IOException notInTheTable) {
            // In a chroot or a sandbox, the table of mounts may not name where it is.
            return Optional.empty();
        }
    }

    /**
     * The same, whatever the unit; empty where this Java has none. An option of the JDK's own: the
     * compiler warns of whoever names it, so it is looked up.
     */
    static Optional<OpenOption> option() {
        try {
            for (Object each :
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (each instanceof OpenOption option && each.toString().equals("DIRECT")) {
                    return Optional.of(option);
                }
            }
            return Optional.empty();
        } catch (ClassNotFoundException none) {
            return Optional.empty();
        }
    }

    /** Zeros, in memory that is fit for it. */
    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes + UNIT_BYTES).alignedSlice(UNIT_BYTES);
    }

    static boolean isWhole(long bytes) {
        return bytes % UNIT_BYTES == 0;
    }

    /** To the next whole unit. */
    static long roundedUp(long bytes) {
        return (bytes + UNIT_BYTES - 1) / UNIT_BYTES * UNIT_BYTES;
    }
}
