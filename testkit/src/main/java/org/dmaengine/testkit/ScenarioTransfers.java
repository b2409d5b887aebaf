package org.dmaengine.testkit;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Flag;
import org.dmaengine.PeriodCallback;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.dmaengine.TransferCallback;
import org.dmaengine.TransferResult;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** The transfers of a scenario: copies and cyclic reads, and what became of them. */
final class ScenarioTransfers {
    private final ScenarioClock clock;
    private final Parties parties;
    private final ScenarioMemory memory;
    private final Copies copies = new Copies();

    ScenarioTransfers(ScenarioClock clock, Parties parties, ScenarioMemory memory) {
        this.clock = clock;
        this.parties = parties;
        this.memory = memory;
    }

    /**
     * Prepares a transfer of the whole source to the start of the target: a copy from memory, or
     * where the engine has none, a read from a file that holds what the source holds now.
     */
    Descriptor prepCopy(
            DmaChannel channel, MemorySegment target, MemorySegment source, Flag... flags) {
        return copies.prep(channel, target, source, flags);
    }

    /** Fills a source anew, for descriptors of {@link #prepCopy} that are to run again. */
    void refill(MemorySegment source, byte value) {
        source.fill(value);
        copies.renew(source);
    }

    /** Submits a copy, and does not issue it. */
    ScenarioCopy submit(
            DmaChannel channel, long lengthBytes, TransferCallback callback, Flag... flags) {
        MemorySegment source = memory.source(lengthBytes);
        MemorySegment target = memory.target(lengthBytes);
        Descriptor descriptor = prepCopy(channel, target, source, flags);
        if (flags.length == 0 || Arrays.asList(flags).contains(Flag.INTERRUPT)) {
            descriptor.onComplete(callback);
        }
        return new ScenarioCopy(source, target, channel.submit(descriptor));
    }

    /** Submits and issues a copy. */
    ScenarioCopy copy(DmaChannel channel) {
        return copy(channel, result -> {});
    }

    /** Submits and issues a copy. */
    ScenarioCopy copy(DmaChannel channel, TransferCallback callback) {
        return copy(channel, ScenarioCopy.BYTES, callback);
    }

    /** Submits and issues a copy. */
    ScenarioCopy copy(DmaChannel channel, long lengthBytes, TransferCallback callback) {
        ScenarioCopy copy = submit(channel, lengthBytes, callback);
        channel.issuePending();
        return copy;
    }

    /** Copies, and requires that it all arrives: the channel works. */
    void requireWorking(DmaChannel channel) {
        ScenarioCopy copy = copy(channel);
        if (!outcome(copy.transfer()).isWhole()) {
            throw new AssertionError(copy.transfer() + " ended with " + copy.result());
        }
        copy.check();
        // Its place is free when its callback has returned.
        parties.runWithin("drain()", channel::drain);
    }

    /** Submits and issues a cyclic read. */
    Transfer cyclic(
            DmaChannel channel,
            ByteFeed feed,
            UnaryOperator<PeripheralConfig> how,
            MemorySegment ring,
            long periodBytes,
            PeriodCallback onPeriod) {
        PeripheralConfig config = how.apply(PeripheralConfig.read(feed.peripheral()));
        Transfer transfer = channel.submit(channel.prepCyclic(config, ring, periodBytes, onPeriod));
        channel.issuePending();
        return transfer;
    }

    /** Waits until some of it is moved, as far as the engine tells, or it is over. */
    void awaitBegun(DmaChannel channel, ScenarioCopy copy) {
        long length = copy.target().byteSize();
        clock.await(
                copy.transfer() + " to begin",
                () ->
                        copy.transfer().result().isPresent()
                                || channel.status(copy.cookie()).residueBytes() < length);
    }

    /** The outcome, which must come before the deadline. */
    TransferResult outcome(Transfer transfer) {
        clock.await("the outcome of " + transfer, () -> transfer.result().isPresent());
        return transfer.result().orElseThrow();
    }

    /** After the engine. */
    void close() throws IOException {
        copies.close();
    }
}
