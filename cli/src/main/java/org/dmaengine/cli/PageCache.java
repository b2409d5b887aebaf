package org.dmaengine.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/** What the system keeps of files in memory. */
final class PageCache {
    private static final int SAMPLES = 64;

    private PageCache() {}

    /**
     * Whether less than half of a file is there, as far as samples tell. Of a file that belongs to
     * somebody else Linux does not say (mincore(2)), and it counts as there.
     *
     * @param bytes its length, at least {@link #SAMPLES} units
     */
    static boolean lacks(FileChannel file, long bytes) {
        long step = bytes / SAMPLES;
        int there = 0;
        try {
            for (int i = 0; i < SAMPLES; i++) {
                long at = i * step;
                there += holds(file, at - at % DirectIo.UNIT_BYTES) ? 1 : 0;
            }
        } catch (IOException | UnsupportedOperationException notMapped) {
            // A file system whose files cannot be mapped: nobody can tell.
            return false;
        }
        return there < SAMPLES / 2;
    }

    private static boolean holds(FileChannel file, long at) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return file.map(MapMode.READ_ONLY, at, DirectIo.UNIT_BYTES, arena).isLoaded();
        }
    }
}
