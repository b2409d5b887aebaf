package org.dmaengine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that is run to its end, and what it printed. */
record Command(int exit, String output) {
    /** Fails if it takes longer. */
    static Command run(Path directory, Duration timeout, List<String> words)
            throws IOException, InterruptedException {
        Path printed = Files.createTempFile(directory, "output", ".txt");
        Process process =
                new ProcessBuilder(words)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(printed.toFile())
                        .start();
        try {
            boolean over = process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS);
            String output = Files.readString(printed);
            if (!over) {
                throw new AssertionError(words + " took longer than " + timeout + ":\n" + output);
            }
            return new Command(process.exitValue(), output);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** It must succeed. */
    static String output(Path directory, Duration timeout, List<String> words)
            throws IOException, InterruptedException {
        Command done = run(directory, timeout, words);
        if (done.exit != 0) {
            throw new AssertionError(words + " ended with " + done.exit + ":\n" + done.output);
        }
        return done.output;
    }

    /** Whether there is such a program. */
    static boolean exists(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }
}
