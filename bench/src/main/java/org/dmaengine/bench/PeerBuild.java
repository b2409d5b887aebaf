package org.dmaengine.bench;

import org.dmaengine.bench.Program.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds programs of C on the spot, for this processor, once in a run. A line {@code packages: a b}
 * in the source names what pkg-config is asked for.
 */
final class PeerBuild {
    private static final Pattern PACKAGES = Pattern.compile("(?m)^\\W*packages:\\s*(.+?)\\s*$");
    private static final long BUILD_SECONDS = 120;

    private PeerBuild() {}

    /**
     * The program made of this source.
     *
     * @throws Skip if a tool or a package is missing, or cannot make anything of the source here
     */
    static Path program(Site site, String source) throws Skip, IOException {
        Path file = site.peers().resolve(source);
        Path program = site.work().resolve(source.replaceFirst("\\.c$", ""));
        if (!Files.exists(program)) {
            List<String> command = new ArrayList<>();
            command.addAll(List.of("gcc", "-std=gnu17", "-O3", "-march=native", "-Wall"));
            command.addAll(List.of("-o", program.toString(), file.toString()));
            command.addAll(packageOptions(Files.readString(file)));
            command.add("-pthread");
            Ended gcc = run(command);
            if (gcc.code() != 0) {
                throw new Skip("gcc cannot build " + source + ": " + firstError(gcc.text()));
            }
        }
        return program;
    }

    /** Of the lines that may stand before and behind it, none says more. */
    private static String firstError(String text) {
        return text.lines()
                .filter(line -> line.contains("error"))
                .findFirst()
                .orElse(text.lines().findFirst().orElse("without a reason"));
    }

    static List<String> packageOptions(String source) throws Skip, IOException {
        Matcher packages = PACKAGES.matcher(source);
        if (!packages.find()) {
            return List.of();
        }
        List<String> command = new ArrayList<>(List.of("pkg-config", "--cflags", "--libs"));
        command.addAll(List.of(packages.group(1).split("\\s+", -1)));
        Ended config = run(command);
        if (config.code() != 0) {
            throw new Skip("not installed for development: " + packages.group(1));
        }
        return List.of(config.text().split("\\s+", -1));
    }

    private static Ended run(List<String> command) throws Skip, IOException {
        Program.require(command.getFirst());
        try {
            return Program.run(command, BUILD_SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(command.getFirst() + " was not waited for", interrupted);
        }
    }
}
