package org.dmaengine.spi;

import org.dmaengine.Operation;

import java.lang.foreign.MemorySegment;

/**
 * Small plain copies, neighbours in the queue, that an engine has taken together with {@link
 * ChannelQueue#nextCopies}. It owes them one {@link ChannelQueue#endCopies}, and they are valid
 * until then; each of them may instead be reported by its ticket.
 */
public interface IssuedCopies {
    /** How many they are, at least one. */
    int count();

    /** Bytes of all together: bounded, so that a stop waits for no more than that. */
    long totalBytes();

    /** The ticket of one of them: they rise by one from the first. */
    long ticket(int index);

    /** The segment written to. */
    MemorySegment target(int index);

    /** Where in {@link #target} the first byte goes. */
    long targetOffset(int index);

    /** The segment read from. */
    MemorySegment source(int index);

    /** Where in {@link #source} the first byte comes from. */
    long sourceOffset(int index);

    /** Bytes to copy. */
    long lengthBytes(int index);

    /** The same as an operation, made anew: for engines that treat one as any other transfer. */
    Operation.Memcpy operation(int index);

    /** True once they were terminated: a hint for engines that look between two copies. */
    boolean stopRequested();
}
