package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.DmaEngine;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The classes of tests, in the order they are run. */
enum TrialKind {
    memcpy(4, true),
    memset(1, true),
    interleaved(1, true),
    file(2, true),
    direct(2, true),
    pipe(2, true),
    socket(2, true),
    cyclic(1, false),
    pause(1, false),
    terminate(8, false);

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

    /** What an engine must be able to do for it, whatever is moved. */
    Set<Capability> capabilities() {
        return switch (this) {
            case memcpy -> Set.of(Capability.MEMCPY);
            case memset -> Set.of(Capability.MEMSET);
            case interleaved -> Set.of(Capability.INTERLEAVED);
            case file, direct, pipe, socket -> Set.of(Capability.PERIPHERAL);
            case cyclic -> Set.of(Capability.CYCLIC);
            case pause -> Set.of(Capability.PAUSE);
            case terminate -> Set.of();
        };
    }

    /** Why an engine cannot be tried with it here, if it cannot. */
    Optional<String> refusal(DmaEngine engine, TestOptions options) {
        Set<Capability> lacking = EnumSet.noneOf(Capability.class);
        lacking.addAll(capabilities());
        lacking.removeAll(engine.description().capabilities());
        if (!lacking.isEmpty()) {
            return Optional.of("engine '" + engine.name() + "' cannot do " + lacking);
        }
        Path folder = options.folder();
        return switch (this) {
            case file -> LoadKind.file.refusal(engine, folder);
            case direct -> LoadKind.direct.refusal(engine, folder);
            case pipe -> LoadKind.pipe.refusal(engine, folder);
            case socket -> LoadKind.socket.refusal(engine, folder);
            case pause, terminate ->
                    LoadKind.all(engine, folder).isEmpty()
                            ? Optional.of("engine '" + engine.name() + "' moves no bytes")
                            : Optional.empty();
            case interleaved ->
                    InterleavedTest.refusal(
                            options.bufferBytes(),
                            options.alignBytes(engine.description().copyAlignBytes()));
            case memcpy, memset, cyclic -> Optional.empty();
        };
    }

    Trial open(TestBench bench) {
        return switch (this) {
            case memcpy -> new MemcpyTest(bench);
            case memset -> new MemsetTest(bench);
            case interleaved -> new InterleavedTest(bench);
            case file -> new LoadTest(bench, LoadKind.file);
            case direct -> new LoadTest(bench, LoadKind.direct);
            case pipe -> new LoadTest(bench, LoadKind.pipe);
            case socket -> new LoadTest(bench, LoadKind.socket);
            case cyclic -> new CyclicTest(bench);
            case pause -> new PauseTest(bench);
            case terminate -> new TerminationTest(bench);
        };
    }
}
