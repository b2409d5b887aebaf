package org.dmaengine.cli;

import java.io.PrintStream;
import java.util.Locale;

/** Result and summary lines in dmatest's words. Any thread; a line stays whole. */
final class TestLog {
    private final PrintStream stream;
    private final boolean verbose;

    TestLog(PrintStream stream, boolean verbose) {
        this.stream = stream;
        this.verbose = verbose;
    }

    void passed(String thread, long number) {
        if (verbose) {
            line(thread, TestFailure.resultLine(number, "test passed", 0, 0, 0, 0));
        }
    }

    void failed(String thread, long number, TestFailure failure) {
        line(thread, failure.resultLine(number));
    }

    void summary(String thread, long tests, long failures, double seconds, long bytes) {
        double time = Math.max(seconds, 1e-6);
        line(
                thread,
                String.format(
                        Locale.ROOT,
                        "summary %d tests, %d failures %.2f iops %.0f KB/s",
                        tests,
                        failures,
                        tests / time,
                        bytes / 1024.0 / time));
    }

    private void line(String thread, String text) {
        stream.println("dmatest: " + thread + ": " + text);
    }
}
