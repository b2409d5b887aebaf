package org.dmaengine.spi;

import org.dmaengine.Operation;

/**
 * One transfer that an engine has taken from its {@link ChannelQueue}. Valid until its end was
 * reported: the core reuses these objects, and tells runs apart by their ticket.
 */
public interface IssuedTransfer {
    /**
     * Names this run. Read it when the transfer is taken and hand it back with the end; it fits
     * into the user data of a completion entry. Never reused on a channel.
     */
    long ticket();

    /** What to do, with all its parameters (P8). */
    Operation operation();

    /** Bytes to move in all, or in one revolution of a cyclic transfer. */
    long lengthBytes();

    /** True once the transfer was terminated: a hint for engines that look between two chunks. */
    boolean stopRequested();

    /**
     * Tells how many bytes have been moved so far, for the residue. Cheap; call it after each
     * chunk.
     */
    void progress(long bytes);

    /**
     * For cyclic transfers: asks before the next period is started. False where the client still
     * owns it (its event was not delivered, or its callback has not returned) and the peripheral
     * can wait; {@link ChannelBackend#start} is called when that has changed. Always true for a
     * peripheral that cannot wait.
     */
    boolean mayStartPeriod();

    /** For cyclic transfers: the next period has been filled or sent. */
    void periodElapsed();
}
