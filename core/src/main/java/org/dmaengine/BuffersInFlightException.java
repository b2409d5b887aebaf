package org.dmaengine;

import java.util.List;

/**
 * Memory was not freed, because transfers use it (C16). Wait for their outcome, or terminate and
 * synchronize their channels, and close again.
 */
public final class BuffersInFlightException extends DmaException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // Evidence for the process that saw it; not meant to travel.
    private final List<OwnedTransfer> transfers;

    BuffersInFlightException(String what, List<OwnedTransfer> transfers) {
        super(
                what
                        + " is used by "
                        + transfers.size()
                        + " transfers in flight and was not freed: "
                        + OwnedTransfer.summary(transfers)
                        + "; wait for them, or terminateSync() their channels, then close again");
        this.transfers = List.copyOf(transfers);
    }

    /** The transfers that use the memory. */
    public List<OwnedTransfer> transfers() {
        return transfers;
    }
}
