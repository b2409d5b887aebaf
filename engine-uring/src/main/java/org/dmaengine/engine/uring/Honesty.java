package org.dmaengine.engine.uring;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.EngineDescription;
import org.dmaengine.OperationKind;
import org.dmaengine.Proof;
import org.dmaengine.ResidueGranularity;
import org.dmaengine.Termination;

import java.util.Map;
import java.util.Set;

/** What the engine declares: its capabilities, and its honesty table (P6). */
final class Honesty {
    private Honesty() {}

    static EngineDescription describe(int channelsMax) {
        return new EngineDescription(
                UringEngineProvider.NAME,
                "Linux io_uring: files, pipes and sockets; memory to memory is the CPU engine's",
                Set.of(
                        Capability.PERIPHERAL,
                        Capability.CYCLIC,
                        Capability.INTERRUPT,
                        Capability.COMMAND,
                        Capability.PAUSE,
                        Capability.COMPLETION_NO_ORDER),
                // In each row the proof is the same: the target's own completion entry (E1).
                Map.of(
                        // A read or write of a file that the kernel has begun cannot be stopped.
                        OperationKind.FILE, row(AbortEffect.CHUNK_BOUNDARY),
                        // A wait for data, or for room, is cancelled.
                        OperationKind.STREAM, row(AbortEffect.AT_ONCE),
                        // On files and streams: the lesser of the two.
                        OperationKind.CYCLIC, row(AbortEffect.CHUNK_BOUNDARY),
                        // As a file: the kernel cannot be called back from the disk.
                        OperationKind.COMMAND, row(AbortEffect.QUEUED_ONLY),
                        // Nothing runs that would have to stop.
                        OperationKind.INTERRUPT, row(AbortEffect.AT_ONCE)),
                ResidueGranularity.BURST,
                1,
                Long.MAX_VALUE,
                channelsMax);
    }

    private static Termination row(AbortEffect effect) {
        return new Termination(effect, Proof.COMPLETION_ENTRY);
    }
}
