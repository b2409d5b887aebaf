package org.dmaengine.bench.copy;

import org.dmaengine.bench.Skip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether there is memory enough: a machine that swaps or kills would measure something else. */
final class FreeMemory {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private FreeMemory() {}

    /**
     * @throws Skip if there is less than this, and a quarter more for everything else
     */
    static void require(long bytes) throws Skip, IOException {
        long available = availableBytes(Files.readString(MEMORY));
        if (bytes + bytes / 4 > available) {
            throw new Skip(
                    "needs %d MiB of memory, and %d are free"
                            .formatted(bytes >> 20, available >> 20));
        }
    }

    static long availableBytes(String memory) {
        return memory.lines()
                .filter(line -> line.startsWith(AVAILABLE))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
