package org.dmaengine.cli;

import org.dmaengine.DmaChannel;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;

import java.lang.foreign.MemorySegment;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.List;

/** A read with this library that its engine has begun, so that it is in flight beyond doubt. */
final class BegunRead {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private BegunRead() {}

    static Transfer of(DmaChannel channel, SelectableChannel source, MemorySegment target) {
        Transfer read = issue(channel, source, target);
        long begun = System.nanoTime();
        while (channel.status(read.cookie()).inFlightBytes() == 0) {
            if (System.nanoTime() - begun > DEADLINE.toNanos()) {
                throw new CommandFailure("engine 'cpu' did not begin a read");
            }
            Thread.onSpinWait();
        }
        return read;
    }

    /** The same, begun or not. */
    static Transfer issue(DmaChannel channel, SelectableChannel source, MemorySegment target) {
        PeripheralConfig config = PeripheralConfig.read(Peripheral.of(source));
        Transfer read = channel.submit(channel.prepPeripheralSg(config, List.of(target)));
        channel.issuePending();
        return read;
    }
}
