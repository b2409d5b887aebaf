package org.dmaengine.bench.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dmaengine.bench.Skip;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the machine. */
final class Programs {
    private static final long RUN_SECONDS = 600;

    private Programs() {}

    /**
     * @throws Skip if it is not installed
     */
    static void require(String program) throws Skip {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean installed =
                Arrays.stream(path.split(File.pathSeparator))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
        if (!installed) {
            throw new Skip(program + " is not installed");
        }
    }

    /** Runs it to its end, and answers what it has said. */
    static String run(List<String> command) throws IOException, InterruptedException {
        Path said = Files.createTempFile("dmaengine-bench-", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start();
            boolean ended = process.waitFor(RUN_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            String text = Files.readString(said, UTF_8);
            if (!ended || process.exitValue() != 0) {
                throw new IOException(command + (ended ? " failed: " : " did not end: ") + text);
            }
            return text;
        } finally {
            Files.delete(said);
        }
    }
}
