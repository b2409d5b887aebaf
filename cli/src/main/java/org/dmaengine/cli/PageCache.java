package org.dmaengine.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
     * @param bytes its length, at least {@link #SAMPLES}
     */
    static boolean lacks(FileChannel file, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = file.map(MapMode.READ_ONLY, 0, bytes, arena);
            long step = bytes / SAMPLES;
            int there = 0;
            for (int i = 0; i < SAMPLES; i++) {
                there += mapped.asSlice(i * step, 1).isLoaded() ? 1 : 0;
            }
            return there < SAMPLES / 2;
        } catch (IOException | UnsupportedOperationException notMapped) {
            // A file system whose files cannot be mapped: nobody can tell.
            return false;
        }
    }
}
