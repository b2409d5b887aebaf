package org.dmaengine.engine.sim;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;

import java.lang.foreign.MemorySegment;

/**
 * Sees what a simulated controller does, at the moment it does it. Called with the controller held:
 * it must not wait, and must not call the library.
 */
public interface SimObserver {
    /** Sees nothing. */
    SimObserver NONE = new SimObserver() {};

    /** A transfer was pulled from its channel; from here on the controller owns its memory. */
    default void taken(String channel, long ticket, Operation operation) {}

    /** These bytes are about to be read or written. */
    default void touching(
            String channel,
            long ticket,
            MemorySegment memory,
            long offsetBytes,
            long lengthBytes,
            boolean written) {}

    /** The last touch of a transfer is over; its end is reported later. */
    default void lastTouch(String channel, long ticket) {}

    /** An end is about to be reported; true and false ones alike. */
    default void ending(String channel, long ticket, Outcome outcome, long bytes) {}

    /** The channel was told: start, abort, pause, resume, synchronize or close. */
    default void told(String channel, String what) {}

    /** A planned fault happens now. */
    default void fault(String channel, long ticket, SimFault fault) {}
}
