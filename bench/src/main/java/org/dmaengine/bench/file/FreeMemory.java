package org.dmaengine.bench.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The host of a virtual machine takes memory back that is free for two seconds (free page
 * reporting), and gives it again at the first touch, which can take ten times as long as the copy
 * that asks for it. Whoever is measured must find it there.
 */
final class FreeMemory {
    private static final long KIB = 1024;
    private static final Path STATE = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private FreeMemory() {}

    /** Has so many bytes touched and free again; no more than half of what is available. */
    static void touch(long bytes) throws IOException {
        long length = Math.min(bytes, availableBytes() / 2);
        try (Arena arena = Arena.ofConfined()) {
            // Filled with zeros by the call.
            arena.allocate(length);
        }
    }

    private static long availableBytes() throws IOException {
        for (String line : Files.readAllLines(STATE)) {
            if (line.startsWith(AVAILABLE)) {
                String amount = line.substring(AVAILABLE.length()).strip();
                return Long.parseLong(amount, 0, amount.indexOf(' '), 10) * KIB;
            }
        }
        throw new IOException(STATE + " has no line " + AVAILABLE);
    }
}
