package org.dmaengine;

import java.util.Map;
import java.util.Set;

/**
 * What an engine declares about itself (kernel: {@code struct dma_device} and {@code
 * dma_slave_caps}).
 *
 * @param name the name it is opened by
 * @param summary one line for people
 * @param capabilities what its channels can do
 * @param termination the honesty table (P6): one row for each operation it can do
 * @param residueGranularity how fine the residue is
 * @param copyAlignBytes addresses and lengths of memory operations are multiples of this, a power
 *     of two; 1 where nothing is asked
 * @param lengthMaxBytes the longest single transfer
 * @param channelsMax how many channels may be open at once
 */
public record EngineDescription(
        String name,
        String summary,
        Set<Capability> capabilities,
        Map<OperationKind, Termination> termination,
        ResidueGranularity residueGranularity,
        int copyAlignBytes,
        long lengthMaxBytes,
        int channelsMax) {

    /** Copies the sets, so that a description never changes. */
    public EngineDescription {
        capabilities = Set.copyOf(capabilities);
        termination = Map.copyOf(termination);
        if (copyAlignBytes < 1 || Integer.bitCount(copyAlignBytes) != 1) {
            throw new IllegalArgumentException(
                    "copyAlignBytes is a power of two, not " + copyAlignBytes);
        }
        if (lengthMaxBytes < 1 || channelsMax < 1) {
            throw new IllegalArgumentException(
                    "lengthMaxBytes and channelsMax are at least 1, not "
                            + lengthMaxBytes
                            + " and "
                            + channelsMax);
        }
    }
}
