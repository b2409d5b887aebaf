package org.dmaengine.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How a run of the tests ended.
 *
 * @param kind what happened
 * @param detail the test that it happened in, or how many passed
 */
record Verdict(Kind kind, String detail) {
    enum Kind {
        PASSED,
        FAILED,
        /** One test went on beyond the time limit. */
        HUNG,
        /** The process ended, or was ended, in the middle of a test. */
        CRASHED
    }

    static Verdict read(Path file) throws IOException {
        if (!Files.exists(file)) {
            // Whatever that is, it is no test that found a mistake.
            throw new IOException("the tests did not begin: " + file + " is not there");
        }
        String last = Files.readAllLines(file).getLast();
        int blank = last.indexOf(' ');
        return new Verdict(Kind.valueOf(last.substring(0, blank)), last.substring(blank + 1));
    }

    boolean isKill() {
        return kind != Kind.PASSED;
    }

    /** For tables: the test, and what happened if that was not a plain failure. */
    String told() {
        return switch (kind) {
            case PASSED -> "survived " + detail;
            case FAILED -> "`" + detail + "`";
            case HUNG -> "`" + detail + "` (time limit)";
            case CRASHED -> "`" + detail + "` (crash)";
        };
    }
}
