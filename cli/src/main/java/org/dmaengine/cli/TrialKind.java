package org.dmaengine.cli;

import org.dmaengine.Capability;

import java.util.Set;
import java.util.function.Function;

/** The classes of tests, in the order they are run. */
enum TrialKind {
    memcpy(4, true, MemcpyTest::new, Capability.MEMCPY),
    memset(1, true, MemsetTest::new, Capability.MEMSET),
    interleaved(1, true, InterleavedTest::new, Capability.INTERLEAVED),
    cyclic(1, false, CyclicTest::new, Capability.CYCLIC),
    pause(1, false, PauseTest::new, Capability.MEMCPY, Capability.PAUSE),
    terminate(4, false, TerminationTest::new, Capability.MEMCPY);

    private final int weight;
    private final boolean shared;
    private final Function<TestBench, Trial> maker;
    private final Set<Capability> capabilities;

    TrialKind(
            int weight,
            boolean shared,
            Function<TestBench, Trial> maker,
            Capability... capabilities) {
        this.weight = weight;
        this.shared = shared;
        this.maker = maker;
        this.capabilities = Set.of(capabilities);
    }

    /** Its share of the time. */
    int weight() {
        return weight;
    }

    /** False if a thread must have its channel for itself, since it stops it. */
    boolean isShared() {
        return shared;
    }

    Set<Capability> capabilities() {
        return capabilities;
    }

    Trial open(TestBench bench) {
        return maker.apply(bench);
    }
}
