package org.dmaengine.cli;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.StaleDescriptorException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One transfer of a {@link TerminationTest}, with its buffers and what is known of it. */
final class TerminationSlot {
    private final MemorySegment source;
    private final MemorySegment target;
    private final long from;
    private final long to;
    private final long length;
    // Counted by the callback, read by the test.
    private final AtomicInteger callbacks = new AtomicInteger();
    private @Nullable Transfer transfer;
    // Volatile: set by the test, read by a callback that should not be there.
    private volatile boolean free;

    TerminationSlot(MemorySegment source, MemorySegment target, long from, long to, long length) {
        this.source = source;
        this.target = target;
        this.from = from;
        this.to = to;
        this.length = length;
    }

    /** False if the channel was terminated since the descriptor was prepared (C15). */
    boolean submit(DmaChannel channel, Descriptor descriptor, Runnable inCallback) {
        descriptor.onComplete(result -> {
            // Thrown here it becomes a fault of the engine, which the command counts.
            if (free) {
                throw failure("its callback ran after the receipt (C4)");
            }
            callbacks.incrementAndGet();
            inCallback.run();
        });
        try {
            transfer = channel.submit(descriptor);
            return true;
        } catch (StaleDescriptorException terminated) {
            return false;
        }
    }

    /** False if the termination came before it. */
    boolean isSubmitted() {
        return transfer != null;
    }

    /** From here on nothing of it may happen any more. */
    void freed() {
        free = true;
        if (callbacks.get() > 1) {
            throw failure("its callback ran " + callbacks.get() + " times (C3)");
        }
    }

    Optional<TransferResult> result() {
        Transfer submitted = transfer;
        return submitted == null ? Optional.empty() : submitted.result();
    }

    int callbacks() {
        return callbacks.get();
    }

    MemorySegment source() {
        return source;
    }

    MemorySegment target() {
        return target;
    }

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    long length() {
        return length;
    }

    TestFailure failure(String text) {
        return new TestFailure(this + ": " + text, from, to, length, 1);
    }

    @Override
    public String toString() {
        return String.valueOf(transfer);
    }
}
