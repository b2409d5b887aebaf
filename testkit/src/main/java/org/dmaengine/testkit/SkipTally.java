package org.dmaengine.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Counts what ran and what was skipped, and says so: a suite that skips silently proves nothing.
 */
public final class SkipTally implements TestWatcher, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(SkipTally.class);

    /** For JUnit. */
    public SkipTally() {}

    /** Guarded by itself. */
    private static final class Counts {
        int ran;
        final Map<String, Integer> skipped = new TreeMap<>();

        synchronized void ran() {
            ran++;
        }

        synchronized void skipped(String reason) {
            skipped.merge(reason, 1, Integer::sum);
        }

        @Override
        public synchronized String toString() {
            int sum = skipped.values().stream().mapToInt(Integer::intValue).sum();
            StringBuilder line = new StringBuilder();
            line.append("contract: ").append(ran).append(" ran, ").append(sum).append(" skipped");
            String separator = ": ";
            for (Map.Entry<String, Integer> each : skipped.entrySet()) {
                line.append(separator).append(each.getValue()).append(" x ").append(each.getKey());
                separator = "; ";
            }
            return line.toString();
        }
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        counts(context).ran();
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        counts(context).ran();
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        String reason = cause == null ? "no reason" : String.valueOf(cause.getMessage());
        counts(context).skipped(reason.replace("Assumption failed: ", ""));
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        counts(context).skipped(reason.orElse("disabled"));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.out.println(context.getDisplayName() + ": " + counts(context));
    }

    private static Counts counts(ExtensionContext context) {
        Class<?> contract = context.getRequiredTestClass();
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(contract, key -> new Counts(), Counts.class);
    }
}
