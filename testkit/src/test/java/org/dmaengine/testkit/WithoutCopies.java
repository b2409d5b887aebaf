package org.dmaengine.testkit;

import org.dmaengine.Capability;
import org.dmaengine.EngineDescription;
import org.dmaengine.OperationKind;
import org.dmaengine.Termination;
import org.dmaengine.spi.EngineProvider;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** An engine that moves bytes between memory and peripherals only, whatever the one below can. */
final class WithoutCopies extends EngineLayer {
    private static final Set<Capability> COPIES =
            EnumSet.of(Capability.MEMCPY, Capability.MEMSET, Capability.INTERLEAVED);

    WithoutCopies(EngineProvider below) {
        super(below);
    }

    /** True for what the benches take for a copy, with MEMCPY and without. */
    static boolean isCopy(OperationKind kind) {
        return kind == OperationKind.MEMCPY || kind == OperationKind.FILE;
    }

    @Override
    EngineDescription description(EngineDescription all) {
        Set<Capability> capabilities = EnumSet.copyOf(all.capabilities());
        capabilities.removeAll(COPIES);
        Map<OperationKind, Termination> rows = new EnumMap<>(all.termination());
        rows.remove(OperationKind.MEMCPY);
        rows.remove(OperationKind.MEMSET);
        rows.remove(OperationKind.INTERLEAVED);
        return new EngineDescription(
                all.name(),
                all.summary(),
                capabilities,
                rows,
                all.residueGranularity(),
                all.copyAlignBytes(),
                all.lengthMaxBytes(),
                all.channelsMax());
    }
}
