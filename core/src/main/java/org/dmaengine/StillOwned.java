package org.dmaengine;

import java.util.List;
import java.util.Optional;

/**
 * The wait ended before the work did: the buffers named here must not be freed or reused (C11).
 *
 * @param receipt what is over so far
 * @param transfers the transfers without an outcome
 * @param callback the callback that has not returned, if that is what is waited for
 * @param reason one line for people
 */
public record StillOwned(
        Receipt receipt,
        List<OwnedTransfer> transfers,
        Optional<RunningCallback> callback,
        String reason)
        implements Quiescence {
    /** Copies the list. */
    public StillOwned {
        transfers = List.copyOf(transfers);
    }
}
