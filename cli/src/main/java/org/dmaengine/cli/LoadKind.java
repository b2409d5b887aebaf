package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.DmaEngine;
import org.dmaengine.EngineDescription;
import org.dmaengine.OperationKind;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of transfers that terminations and pauses are tried on. */
enum LoadKind {
    copy(Capability.MEMCPY, OperationKind.MEMCPY),
    file(Capability.PERIPHERAL, OperationKind.FILE),
    direct(Capability.PERIPHERAL, OperationKind.FILE),
    pipe(Capability.PERIPHERAL, OperationKind.STREAM),
    socket(Capability.PERIPHERAL, OperationKind.STREAM);

    private final Capability capability;
    private final OperationKind operation;

    LoadKind(Capability capability, OperationKind operation) {
        this.capability = capability;
        this.operation = operation;
    }

    Capability capability() {
        return capability;
    }

    /** Why an engine cannot be tried with it here, if it cannot. */
    Optional<String> refusal(DmaEngine engine, Path folder) {
        EngineDescription can = engine.description();
        if (!can.capabilities().contains(capability)) {
            return Optional.of("engine '" + engine.name() + "' cannot do " + capability);
        }
        if (!can.termination().containsKey(operation)) {
            return Optional.of("engine '" + engine.name() + "' declares no " + operation);
        }
        return switch (this) {
            case file, direct -> TestFile.refusal(folder, this == direct);
            case copy, pipe, socket -> Optional.empty();
        };
    }

    /** All that an engine can be tried with here. */
    static List<LoadKind> all(DmaEngine engine, Path folder) {
        return Arrays.stream(values())
                .filter(kind -> kind.refusal(engine, folder).isEmpty())
                .toList();
    }

    /** What lengths of buffers must be multiples of. */
    long blockBytes(TestBench bench) {
        return this == direct ? TestFile.blockBytes(bench.options().folder()) : 1;
    }

    Load open(TestBench bench, Buffers buffers) {
        return switch (this) {
            case copy -> new CopyLoad(bench, buffers);
            case file -> new FileLoad(bench, buffers, 0);
            case direct -> new FileLoad(bench, buffers, blockBytes(bench));
            case pipe -> new StreamLoad(bench, buffers, StreamLoad.pipes());
            case socket -> new StreamLoad(bench, buffers, StreamLoad.sockets());
        };
    }
}
