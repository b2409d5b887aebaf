package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What Linux writes down of this process (proc(5)) and Java has no question for. */
final class ProcSelf {
    private static final Path FOLDER = Path.of("/proc/self");

    private ProcSelf() {}

    /**
     * What stands behind a word at the beginning of a line; empty if that cannot be told here.
     *
     * @param file as {@code status}
     * @param word with its colon, where it has one
     */
    static Optional<String> behind(String word, String file) {
        Path path = FOLDER.resolve(file);
        if (!Files.isReadable(path)) {
            return Optional.empty();
        }
        try {
            for (String line : Files.readAllLines(path)) {
                if (line.startsWith(word)) {
                    return Optional.of(line.substring(word.length()).strip());
                }
            }
            return Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
