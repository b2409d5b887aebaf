package org.dmaengine.cli;

import org.dmaengine.Capability;

import java.util.Set;

/** The classes of tests, in the order they are run. */
enum TrialKind {
    memcpy(4, true),
    memset(1, true),
    interleaved(1, true),
    cyclic(1, false),
    pause(1, false),
    terminate(4, false);

    private final int weight;
    private final boolean shared;

    TrialKind(int weight, boolean shared) {
        this.weight = weight;
        this.shared = shared;
    }

    /** Its share of the time. */
    int weight() {
        return weight;
    }

    /** False if a thread must have its channel for itself, since it stops it. */
    boolean isShared() {
        return shared;
    }

    /** What an engine must be able to do for it. */
    Set<Capability> capabilities() {
        return switch (this) {
            case memcpy, terminate -> Set.of(Capability.MEMCPY);
            case memset -> Set.of(Capability.MEMSET);
            case interleaved -> Set.of(Capability.INTERLEAVED);
            case cyclic -> Set.of(Capability.CYCLIC);
            case pause -> Set.of(Capability.MEMCPY, Capability.PAUSE);
        };
    }

    Trial open(TestBench bench) {
        return switch (this) {
            case memcpy -> new MemcpyTest(bench);
            case memset -> new MemsetTest(bench);
            case interleaved -> new InterleavedTest(bench);
            case cyclic -> new CyclicTest(bench);
            case pause -> new PauseTest(bench);
            case terminate -> new TerminationTest(bench);
        };
    }
}
