package org.dmaengine.bench.file;

import org.dmaengine.bench.Case;
import org.dmaengine.bench.Suite;

import java.util.ArrayList;
import java.util.List;

/** Reads and writes through engine io_uring, and {@code dmaengine copy}. */
public final class FileSuite implements Suite {
    private static final int[] DEPTHS = {1, 32, 128};

    private final boolean large;

    /**
     * @param large whether what is copied is large
     */
    public FileSuite(boolean large) {
        this.large = large;
    }

    @Override
    public String name() {
        return "file";
    }

    @Override
    public String summary() {
        return "reads and writes by io_uring beside a bare ring, fio and the JDK; copy beside cp";
    }

    @Override
    public List<Case> cases() {
        AccessCases access = new AccessCases(name());
        List<Case> cases = new ArrayList<>();
        for (int depth : DEPTHS) {
            cases.add(access.of(Access.random(depth, false), Metric.SPEED));
        }
        cases.add(access.heap(Access.random(32, false)));
        for (int depth : DEPTHS) {
            cases.add(access.of(Access.random(depth, true), Metric.SPEED));
            cases.add(access.of(Access.random(depth, true), Metric.PROCESSOR));
        }
        for (boolean writing : new boolean[] {false, true}) {
            cases.add(access.of(Access.stream(writing), Metric.SPEED));
            cases.add(access.of(Access.stream(writing), Metric.PROCESSOR));
        }
        cases.addAll(CopyCases.all(name(), large));
        return cases;
    }
}
