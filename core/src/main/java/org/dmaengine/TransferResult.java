package org.dmaengine;

import java.util.Optional;

/**
 * The one outcome of one transfer (C2; kernel: {@code struct dmaengine_result}). Published after
 * the last touch: whoever holds it may reuse the buffers, and sees every byte that was written
 * (C17).
 *
 * @param cookie the transfer
 * @param outcome how it ended
 * @param bytes bytes moved; for a cyclic transfer over all revolutions
 * @param residueBytes bytes not moved, {@code bytes + residueBytes = length}; for a cyclic transfer
 *     what was left of the last revolution
 * @param error what failed, present exactly for READ_FAILED and WRITE_FAILED
 */
public record TransferResult(
        long cookie,
        Outcome outcome,
        long bytes,
        long residueBytes,
        Optional<TransferError> error) {

    /** True if every byte was moved. */
    public boolean isWhole() {
        return outcome == Outcome.COMPLETE && residueBytes == 0;
    }
}
