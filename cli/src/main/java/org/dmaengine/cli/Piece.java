package org.dmaengine.cli;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * What one transfer of a {@link Load} is to move, with its buffers filled, and what must have
 * become of it. Used by one thread.
 */
interface Piece {
    /** The transfer, prepared. */
    Descriptor prep(DmaChannel channel);

    /** It was submitted; not called if a termination came before. */
    default void submitted(Transfer transfer) {}

    long lengthBytes();

    /** Where its bytes come from: in a buffer, a file or a stream. */
    long from();

    /** Where they go to. */
    long to();

    /**
     * Says what is wrong with such an outcome. ABORTED is not: whether somebody terminated the
     * channel, its trial knows. Where nothing else is said, a transfer that completes is whole.
     */
    default Optional<String> checkOutcome(TransferResult result) {
        return switch (result.outcome()) {
            case COMPLETE ->
                    result.isWhole() ? Optional.empty() : Optional.of("is not whole: " + result);
            case ABORTED -> Optional.empty();
            case READ_FAILED, WRITE_FAILED -> Optional.of("failed: " + result);
        };
    }

    /**
     * Says what is wrong with the data, if so many bytes were moved. Asked once, in the order of
     * submission; also, with 0, for what was not submitted.
     */
    Optional<String> checkData(long bytes);

    /** Free when the transfer is over. */
    List<MemorySegment> buffers();
}
