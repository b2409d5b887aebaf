package org.dmaengine.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Runs programs of the machine to their end. */
public final class Program {
    private static final long RUN_SECONDS = 600;

    private Program() {}

    /**
     * How one has ended.
     *
     * @param text what it has said, on standard output and standard error
     */
    record Ended(int code, String text) {}

    /**
     * Looks for it where a shell does.
     *
     * @throws Skip if it is not installed
     */
    public static void require(String program) throws Skip {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean installed =
                Arrays.stream(path.split(File.pathSeparator))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
        if (!installed) {
            throw new Skip(program + " is not installed");
        }
    }

    /**
     * Answers what it has said.
     *
     * @throws IOException if it failed, or did not end in ten minutes
     * @throws InterruptedException if this process ends meanwhile
     */
    public static String run(List<String> command) throws IOException, InterruptedException {
        Ended ended = run(command, RUN_SECONDS);
        if (ended.code != 0) {
            Ending.requireNotBegun();
            throw new IOException(command + " failed: " + ended.text);
        }
        return ended.text;
    }

    /** The same, whatever its code. */
    static Ended run(List<String> command, long seconds) throws IOException, InterruptedException {
        Ending.requireNotBegun();
        Path said = Files.createTempFile("dmaengine-bench-", ".out");
        try (InputStream text = Files.newInputStream(said)) {
            int code = Ending.await(start(command, said), seconds);
            return new Ended(code, new String(text.readAllBytes(), UTF_8).strip());
        } catch (IOException failed) {
            throw new IOException(command + ": " + failed.getMessage(), failed);
        }
    }

    /** Whoever has the file open needs no name, and none is left over then. */
    private static Process start(List<String> command, Path said) throws IOException {
        try {
            return Ending.start(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile()));
        } finally {
            Files.delete(said);
        }
    }
}
