package org.dmaengine;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A transfer without an outcome: its buffers must not be freed or reused.
 *
 * @param channel the channel's name
 * @param cookie the transfer
 * @param kind what it does
 * @param started true if the engine has it, false if it waits in the queue
 * @param buffers its memory
 */
public record OwnedTransfer(
        String channel,
        long cookie,
        OperationKind kind,
        boolean started,
        List<MemorySegment> buffers) {

    private static final int SUMMARY_MAX = 5;

    /** Evidence stays what it was: the transfer's own list may be of its next run by then. */
    public OwnedTransfer {
        buffers = List.copyOf(buffers);
    }

    /** Bytes of memory it holds. */
    public long bufferBytes() {
        return buffers.stream().mapToLong(MemorySegment::byteSize).sum();
    }

    /** The first few, in words. */
    static String summary(List<OwnedTransfer> transfers) {
        String some =
                transfers.stream()
                        .limit(SUMMARY_MAX)
                        .map(t ->
                                t.kind
                                        + " with cookie "
                                        + t.cookie
                                        + " on channel '"
                                        + t.channel
                                        + "'")
                        .collect(Collectors.joining(", "));
        int more = transfers.size() - SUMMARY_MAX;
        return more > 0 ? some + " and " + more + " more" : some;
    }
}
