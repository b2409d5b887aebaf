package org.dmaengine.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A report that is to be written.
 *
 * @param file where to
 * @param format how
 */
record Report(Path file, Format format) {
    /** What makes the text of it. */
    @FunctionalInterface
    interface Format {
        String text(Machine machine, List<CaseResult> results) throws IOException;
    }

    /** Why it could not be written, as far as that is known before anything is measured. */
    Optional<String> obstacle() {
        try {
            WholeFile.requirePlace(file);
            return Optional.empty();
        } catch (IOException refused) {
            return Optional.of("cannot write " + file + ": " + reason(refused));
        }
    }

    /**
     * Writes it.
     *
     * @return why it could not be
     */
    Optional<String> write(Machine machine, List<CaseResult> results) {
        try {
            WholeFile.write(file, format.text(machine, results));
            return Optional.empty();
        } catch (IOException | RuntimeException failed) {
            return Optional.of("cannot write " + file + ": " + reason(failed));
        }
    }

    /** Of many the class says more than the message, which is a path. */
    private static String reason(Exception failed) {
        return failed.getClass() == IOException.class
                ? String.valueOf(failed.getMessage())
                : failed.toString();
    }
}
