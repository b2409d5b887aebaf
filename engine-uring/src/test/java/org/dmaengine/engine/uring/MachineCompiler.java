package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The C compiler of this machine, asked for what its headers say. A test that needs what the
 * machine lacks is skipped, and says so.
 */
final class MachineCompiler {
    private final Path folder;

    MachineCompiler(Path folder) {
        this.folder = folder;
    }

    /** What the preprocessor makes of it; with {@code -dM} all macros, by their definitions. */
    String preprocess(String source, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("cc", "-E", "-P"));
        command.addAll(List.of(options));
        command.add(write(source).toString());
        var done = run(command);
        if (done.status != 0) {
            skip("cc does not read the headers: " + done.output);
        }
        return done.output;
    }

    /** What the program prints. */
    String execute(String source, String... options) throws Exception {
        Path program = folder.resolve("program");
        List<String> command = new ArrayList<>(List.of("cc", "-o", program.toString()));
        command.addAll(List.of(options));
        command.add(write(source).toString());
        var compiled = run(command);
        assertThat(compiled.status).as("cc says%n%s", compiled.output).isZero();
        return run(List.of(program.toString())).output;
    }

    private Path write(String source) throws IOException {
        return Files.writeString(folder.resolve("source.c"), source);
    }

    private record Done(int status, String output) {}

    private Done run(List<String> command) throws Exception {
        // Through a file: nobody has to read while it runs.
        Path output = folder.resolve("output");
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            int status = process.waitFor();
            return new Done(status, Files.readString(output, UTF_8));
        } catch (IOException none) {
            throw skip(none.getMessage());
        }
    }

    static Error skip(String reason) {
        System.out.println("Skipped, not compared with the headers of this machine: " + reason);
        return abort(reason);
    }
}
