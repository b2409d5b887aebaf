package org.dmaengine;

/**
 * A look at one cookie (kernel: {@code struct dma_tx_state}).
 *
 * @param state where the transfer stands
 * @param residueBytes bytes not moved yet, {@code 0 <= residue <= length}, as fine as the engine's
 *     {@link ResidueGranularity}; 0 for {@link TransferState#UNKNOWN}
 * @param inFlightBytes bytes handed to the engine and not known to have ended ({@code
 *     in_flight_bytes}); 0 for what has not been started or has ended
 * @param completedCookie every cookie up to this one has an outcome ({@code last})
 * @param usedCookie the last cookie the channel gave out ({@code used}), 0 if none
 */
public record TransferStatus(
        TransferState state,
        long residueBytes,
        long inFlightBytes,
        long completedCookie,
        long usedCookie) {}
