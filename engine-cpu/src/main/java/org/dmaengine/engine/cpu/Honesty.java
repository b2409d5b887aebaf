package org.dmaengine.engine.cpu;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.EngineDescription;
import org.dmaengine.OperationKind;
import org.dmaengine.Proof;
import org.dmaengine.ResidueGranularity;
import org.dmaengine.Termination;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What the engine declares: its capabilities, and its honesty table (P6). */
final class Honesty {
    private Honesty() {}

    static EngineDescription describe(int channelsMax) {
        Set<Capability> capabilities = EnumSet.allOf(Capability.class);
        // A channel is serial: it runs one transfer after the other.
        capabilities.remove(Capability.COMPLETION_NO_ORDER);
        return new EngineDescription(
                CpuEngineProvider.NAME,
                "threads of this process; portable, and the reference for the others",
                capabilities,
                terminations(),
                ResidueGranularity.BURST,
                1,
                Long.MAX_VALUE,
                channelsMax);
    }

    /** In each row the proof is the same: the one thread inside the transfer has left it. */
    private static Map<OperationKind, Termination> terminations() {
        Map<OperationKind, Termination> rows = new EnumMap<>(OperationKind.class);
        for (OperationKind kind : OperationKind.values()) {
            rows.put(kind, new Termination(effect(kind), Proof.WORKER_IDLE));
        }
        return rows;
    }

    private static AbortEffect effect(OperationKind kind) {
        return switch (kind) {
            case MEMCPY, MEMSET, INTERLEAVED -> AbortEffect.CHUNK_BOUNDARY;
            // Nothing runs that would have to stop.
            case INTERRUPT -> AbortEffect.AT_ONCE;
            // A read or write call that the kernel has begun is waited for.
            case FILE -> AbortEffect.CHUNK_BOUNDARY;
            // Non-blocking calls only; the waiting is done without the memory.
            case STREAM -> AbortEffect.AT_ONCE;
            // A call that waits inside somebody else's channel cannot be stopped.
            case BLOCKING -> AbortEffect.DRAIN_ONLY;
            // A call that the kernel has begun is waited for.
            case COMMAND -> AbortEffect.QUEUED_ONLY;
            // On files and streams; on blocking channels it is refused at prep.
            case CYCLIC -> AbortEffect.CHUNK_BOUNDARY;
        };
    }
}
