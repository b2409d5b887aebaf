package org.dmaengine.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import org.awaitility.Awaitility;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** The command line as a process of its own, with real signals and real exit codes. */
final class Cli implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    /** What is left when it is over. */
    static final class Result {
        private final int code;
        private final byte[] bytes;
        private final String err;

        Result(int code, byte[] bytes, String err) {
            this.code = code;
            this.bytes = bytes;
            this.err = err;
        }

        int code() {
            return code;
        }

        byte[] bytes() {
            return bytes;
        }

        String err() {
            return err;
        }

        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        Map<String, Object> json() {
            return Json.parse(out().strip()).orElseThrow(() -> new AssertionError(this));
        }

        @Override
        public String toString() {
            return "exit " + code + ", " + bytes.length + " bytes of output, errors:\n" + err;
        }
    }

    private final Process process;
    private final CompletableFuture<byte[]> out;
    // Filled by its reader, looked at meanwhile.
    private final Queue<String> errSoFar = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<byte[]> err;

    private Cli(Process process) {
        this.process = process;
        this.out = read(process.getInputStream(), _ -> {});
        this.err = read(process.getErrorStream(), errSoFar::add);
    }

    /** Until this was written to standard error. */
    void awaitError(String text) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(DEADLINE_SECONDS))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> String.join("", errSoFar).contains(text));
    }

    /** Until it has worked for so long, and is beyond its start. */
    void awaitWork(Duration processorTime) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(DEADLINE_SECONDS))
                .until(() ->
                        process.info()
                                .totalCpuDuration()
                                .filter(worked -> worked.compareTo(processorTime) > 0)
                                .isPresent());
    }

    static Cli start(String... arguments) throws IOException {
        return start(ProcessBuilder.Redirect.PIPE, arguments);
    }

    static Cli start(ProcessBuilder.Redirect output, String... arguments) throws IOException {
        return start(output, Map.of(), arguments);
    }

    static Cli start(
            ProcessBuilder.Redirect input, ProcessBuilder.Redirect output, String... arguments)
            throws IOException {
        return start(List.of(), input, output, Map.of(), arguments);
    }

    static Cli start(
            ProcessBuilder.Redirect output, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(List.of(), output, environment, arguments);
    }

    /**
     * @param before what starts the command that follows it
     */
    static Cli start(
            List<String> before,
            ProcessBuilder.Redirect output,
            Map<String, String> environment,
            String... arguments)
            throws IOException {
        return start(before, ProcessBuilder.Redirect.PIPE, output, environment, arguments);
    }

    /** Another program that ends in the command line. */
    static Cli startMain(Class<?> main, String... arguments) throws IOException {
        return start(
                main,
                List.of(),
                ProcessBuilder.Redirect.PIPE,
                ProcessBuilder.Redirect.PIPE,
                Map.of(),
                arguments);
    }

    private static Cli start(
            List<String> before,
            ProcessBuilder.Redirect input,
            ProcessBuilder.Redirect output,
            Map<String, String> environment,
            String... arguments)
            throws IOException {
        return start(Main.class, before, input, output, environment, arguments);
    }

    private static Cli start(
            Class<?> main,
            List<String> before,
            ProcessBuilder.Redirect input,
            ProcessBuilder.Redirect output,
            Map<String, String> environment,
            String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        if (Files.isExecutable(Path.of("/usr/bin/env")) && hasDefaultSignal()) {
            // A build in the background of a script is started with SIGINT ignored, and hands that
            // down; env takes it back.
            command.addAll(List.of("/usr/bin/env", "--default-signal=INT,TERM"));
        }
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-ea:org.dmaengine...",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectInput(input).redirectOutput(output);
        builder.environment().put("NO_COLOR", "1");
        builder.environment().putAll(environment);
        return new Cli(builder.start());
    }

    private static boolean hasDefaultSignal() throws IOException {
        try {
            Process probe =
                    new ProcessBuilder("/usr/bin/env", "--default-signal=INT", "true")
                            .redirectErrorStream(true)
                            .redirectOutput(new File("/dev/null"))
                            .start();
            return probe.waitFor() == 0;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** From start to end, with nothing on standard input. */
    static Result run(String... arguments) throws IOException {
        try (Cli cli = start(arguments)) {
            cli.input().close();
            return cli.await();
        }
    }

    OutputStream input() {
        return process.getOutputStream();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Sends a signal by its name, as {@code kill} knows it. */
    void signal(String name) throws IOException {
        try {
            int code =
                    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                            .inheritIO()
                            .start()
                            .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " failed with " + code);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    Result await() {
        try {
            if (!process.waitFor(DEADLINE_SECONDS, SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no end after " + DEADLINE_SECONDS + " s: " + errSoFar);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the test is to end", stop);
        }
        return new Result(
                process.exitValue(), out.join(), new String(err.join(), StandardCharsets.UTF_8));
    }

    private static CompletableFuture<byte[]> read(InputStream stream, Consumer<String> seen) {
        return CompletableFuture.supplyAsync(
                () -> {
                    ByteArrayOutputStream all = new ByteArrayOutputStream();
                    byte[] some = new byte[8192];
                    try (stream) {
                        for (int got = stream.read(some); got >= 0; got = stream.read(some)) {
                            all.write(some, 0, got);
                            seen.accept(new String(some, 0, got, StandardCharsets.UTF_8));
                        }
                        return all.toByteArray();
                    } catch (IOException closed) {
                        throw new UncheckedIOException(closed);
                    }
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
