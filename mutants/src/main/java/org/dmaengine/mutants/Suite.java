package org.dmaengine.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Runs test classes in the order given, in a process of its own, until one fails or takes too long:
 * {@code Suite VERDICT-FILE LIMIT-SECONDS CLASS...}. What happened stands in the last line of the
 * file, which outlives a process that crashes; see {@link Verdict}.
 */
final class Suite implements TestExecutionListener {
    private final Path verdictFile;
    private final long limitNanos;

    // Guarded by this.
    private @Nullable String running;
    private long begunNanos;
    private int passed;

    private Suite(Path verdictFile, long limitNanos) {
        this.verdictFile = verdictFile;
        this.limitNanos = limitNanos;
    }

    public static void main(String[] arguments) {
        Suite suite =
                new Suite(Path.of(arguments[0]), Long.parseLong(arguments[1]) * 1_000_000_000);
        Thread.ofPlatform().name("time-limit").daemon(true).start(suite::watch);
        Launcher launcher = LauncherFactory.create();
        for (String testClass : Arrays.asList(arguments).subList(2, arguments.length)) {
            launcher.execute(
                    LauncherDiscoveryRequestBuilder.request()
                            .selectors(selectClass(testClass))
                            .build(),
                    suite);
        }
        suite.endPassed();
    }

    private synchronized void endPassed() {
        end(Verdict.Kind.PASSED, passed + " tests");
    }

    private synchronized void end(Verdict.Kind kind, String detail) {
        note(kind, detail);
        // At once: a mutant may have left threads that never end.
        Runtime.getRuntime().halt(0);
    }

    private void note(Verdict.Kind kind, String detail) {
        try {
            Files.writeString(
                    verdictFile,
                    kind + " " + detail + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends the process if one test goes on for too long. */
    @SuppressWarnings("BusyWait") // A look a second is all it does.
    private void watch() {
        try {
            while (true) {
                Thread.sleep(1000);
                synchronized (this) {
                    if (running != null && System.nanoTime() - begunNanos > limitNanos) {
                        end(Verdict.Kind.HUNG, running);
                    }
                }
            }
        } catch (InterruptedException nobodyDoes) {
            throw new AssertionError(nobodyDoes);
        }
    }

    @Override
    public synchronized void executionStarted(TestIdentifier test) {
        if (test.isTest()) {
            running = nameOf(test);
            begunNanos = System.nanoTime();
            // What a crash leaves behind.
            note(Verdict.Kind.CRASHED, running);
        }
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == Status.FAILED) {
            result.getThrowable().ifPresent(Throwable::printStackTrace);
            end(Verdict.Kind.FAILED, nameOf(test));
        }
        if (test.isTest()) {
            running = null;
            passed++;
        }
    }

    private static String nameOf(TestIdentifier test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .map(method -> simple(method.getClassName()) + "." + method.getMethodName())
                .orElse(test.getDisplayName());
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
