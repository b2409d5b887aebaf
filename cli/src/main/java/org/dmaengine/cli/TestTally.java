package org.dmaengine.cli;

import java.util.concurrent.atomic.LongAdder;

/** What is counted, by one thread or of all. */
final class TestTally {
    private final LongAdder tests = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder terminations = new LongAdder();
    private final LongAdder lateWrites = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    /** One transfer or round was looked at. */
    void test(long moved) {
        tests.increment();
        bytes.add(moved);
    }

    void failure() {
        failures.increment();
    }

    void termination() {
        terminations.increment();
    }

    void lateWrite() {
        lateWrites.increment();
    }

    /** Adds what one thread counted. */
    void add(TestTally other) {
        tests.add(other.tests());
        failures.add(other.failures());
        terminations.add(other.terminations());
        lateWrites.add(other.lateWrites());
        bytes.add(other.bytes());
    }

    long tests() {
        return tests.sum();
    }

    long failures() {
        return failures.sum();
    }

    long terminations() {
        return terminations.sum();
    }

    long lateWrites() {
        return lateWrites.sum();
    }

    long bytes() {
        return bytes.sum();
    }
}
