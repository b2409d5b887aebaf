package org.dmaengine;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.Set;

/**
 * One prepared transfer (kernel: {@code struct dma_async_tx_descriptor}). It holds no resource: a
 * descriptor that is prepared and never submitted is simply forgotten, and leaks nothing.
 */
public final class Descriptor {
    final VirtualChannel channel;
    final int flags;
    final MemoryOwner[] owners;
    final long lengthBytes;
    final @Nullable PeriodCallback onPeriod;
    private final Operation operation;

    // Guarded by the channel's submit lock.
    Generation generation;
    @Nullable TransferCallback onComplete;
    // The cookie of the last run; 0 while it was never submitted.
    long cookie;

    Descriptor(
            VirtualChannel channel,
            Operation operation,
            int flags,
            Generation generation,
            MemoryOwner[] owners,
            @Nullable PeriodCallback onPeriod) {
        this.channel = channel;
        this.operation = operation;
        this.flags = flags;
        this.generation = generation;
        this.owners = owners;
        this.onPeriod = onPeriod;
        this.lengthBytes = operation.lengthBytes();
    }

    /** What it does. */
    public Operation operation() {
        return operation;
    }

    boolean isReusable() {
        return Flag.REUSE.in(flags);
    }

    /** The flags it was prepared with. */
    public Set<Flag> flags() {
        Set<Flag> set = EnumSet.noneOf(Flag.class);
        for (Flag flag : Flag.values()) {
            if (flag.in(flags)) {
                set.add(flag);
            }
        }
        return set;
    }

    /**
     * Sets what is called when the transfer has ended (C3; kernel: {@code callback} and {@code
     * callback_param}). To be set before submit.
     *
     * @return this
     * @throws PrepRefusedException if it was prepared without {@link Flag#INTERRUPT}: the callback
     *     would never run
     * @throws IllegalStateException if it is submitted
     */
    public Descriptor onComplete(TransferCallback callback) {
        channel.submission.setCallback(this, callback);
        return this;
    }

    /**
     * Takes a reusable descriptor over into the channel's current generation (C15), so that it may
     * be submitted again after a termination.
     *
     * @return this
     * @throws IllegalStateException if it was prepared without {@link Flag#REUSE}, or its transfer
     *     has no outcome yet
     */
    public Descriptor rearm() {
        channel.submission.rearm(this);
        return this;
    }
}
