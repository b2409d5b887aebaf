package org.dmaengine.engine.sim;

/** Sums that end at {@link Long#MAX_VALUE}, which is "never" and "without end" here. */
final class Saturated {
    private Saturated() {}

    /** Of two numbers that are not negative, or of a time and what is not negative. */
    static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
