package org.dmaengine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The end of this process, by a signal too: the programs that it has started end with it, and its
 * folders are deleted, whatever its other threads are at. They look here before they begin
 * something.
 */
public final class Ending {
    private static final long DELETING_NANOS = 10_000_000_000L;
    private static final long PAUSE_MILLIS = 10;

    private static final Set<Process> PROGRAMS = ConcurrentHashMap.newKeySet();
    private static final Set<Path> FOLDERS = ConcurrentHashMap.newKeySet();
    // Volatile: written once, by the hook, before it looks at what there is; read by whoever has
    // added to that.
    private static volatile boolean begun;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Ending::begin, "bench-end"));
    }

    private Ending() {}

    /**
     * To be called before something is begun.
     *
     * @throws InterruptedException if this process ends
     */
    public static void requireNotBegun() throws InterruptedException {
        if (begun) {
            throw new InterruptedException("the run ends");
        }
    }

    /** Starts a program that does not outlive this process; to be awaited, or forgotten. */
    public static Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        PROGRAMS.add(process);
        if (begun) {
            destroy(process);
        }
        return process;
    }

    /**
     * Waits for a program.
     *
     * @return its code
     * @throws IOException if it has not ended in so many seconds; it is ended now
     */
    public static int await(Process process, long seconds)
            throws IOException, InterruptedException {
        boolean ended = false;
        try {
            ended = process.waitFor(seconds, TimeUnit.SECONDS);
        } finally {
            if (!ended) {
                destroy(process);
            }
            forget(process);
        }
        if (!ended) {
            throw new IOException("it did not end in " + seconds + " seconds");
        }
        return process.exitValue();
    }

    /** To be called once it has ended. */
    static void forget(Process process) {
        PROGRAMS.remove(process);
    }

    static void willDelete(Path folder) {
        FOLDERS.add(folder);
    }

    private static void begin() {
        begun = true;
        PROGRAMS.forEach(Ending::destroy);
        FOLDERS.forEach(folder -> deleteUntilGone(aside(folder)));
    }

    /** Under another name nobody writes anything new into it. */
    private static Path aside(Path folder) {
        try {
            return Files.move(folder, folder.resolveSibling(folder.getFileName() + ".gone"));
        } catch (IOException stays) {
            return folder;
        }
    }

    /** With all that it has started: a shell does not pass it on. */
    private static void destroy(Process process) {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** Again while something is still written into it. */
    private static void deleteUntilGone(Path folder) {
        long end = System.nanoTime() + DELETING_NANOS;
        while (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            } catch (IOException | UncheckedIOException left) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException(folder + " is left over", left);
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException nobodyDoes) {
            throw new IllegalStateException(nobodyDoes);
        }
    }
}
