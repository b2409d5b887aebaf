package org.dmaengine.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What the machine has free, and whether it is really there. */
public final class FreeMemory {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private FreeMemory() {}

    /**
     * Whether there is enough: a machine that swaps or kills would measure something else.
     *
     * @throws Skip if there is less than this, and a quarter more for everything else
     */
    public static void require(long bytes) throws Skip, IOException {
        long available = availableBytes();
        if (bytes + bytes / 4 > available) {
            throw new Skip(
                    "needs %d MiB of memory, and %d are free"
                            .formatted(bytes >> 20, available >> 20));
        }
    }

    /**
     * Has so many bytes touched and free again, half of what is available at most. The host of a
     * virtual machine takes memory back that is free for two seconds (free page reporting), and
     * gives it again at the first touch, which can take ten times as long as the copy that asks for
     * it. Two threads touch, for the same reason.
     */
    public static void touch(long bytes) throws IOException {
        long half = Math.min(bytes, availableBytes() / 2) / 2;
        try (Arena arena = Arena.ofShared();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            // Filled with zeros by the call; none is free before all are touched.
            threads.invokeAll(List.of(() -> arena.allocate(half), () -> arena.allocate(half)))
                    .forEach(Future::resultNow);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }

    private static long availableBytes() throws IOException {
        return availableBytes(Files.readString(MEMORY));
    }

    static long availableBytes(String memory) {
        return memory.lines()
                .filter(line -> line.startsWith(AVAILABLE))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
