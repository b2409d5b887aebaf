package org.dmaengine.bench.echo;

import org.dmaengine.CookieCallback;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;

import java.lang.foreign.MemorySegment;
import java.nio.channels.SocketChannel;

/**
 * A connection as one queue: the callback of a read submits the write, and that of a write the next
 * read.
 */
final class OneChannel {
    private final DmaChannel channel;
    private final PeripheralConfig from;
    private final PeripheralConfig to;
    private final MemorySegment message;
    private final Runnable ended;
    // Made once: a method reference is an object each time.
    private final CookieCallback hasRead = this::hasRead;
    private final CookieCallback hasWritten = this::hasWritten;

    OneChannel(
            DmaChannel channel,
            SocketChannel socket,
            DmaArena arena,
            int messageBytes,
            Runnable ended) {
        Peripheral peripheral = new Peripheral.Stream(socket);
        this.channel = channel;
        this.from = PeripheralConfig.read(peripheral);
        this.to = PeripheralConfig.write(peripheral);
        this.message = arena.allocate(messageBytes, 64);
        this.ended = ended;
    }

    void begin() {
        EngineEcho.issue(channel, channel.tryPeripheral(from, 0, message, hasRead));
    }

    private void hasRead(long cookie, Outcome outcome, long bytes) {
        if (EngineEcho.isMessage(outcome, bytes, message.byteSize())) {
            EngineEcho.issue(channel, channel.tryPeripheral(to, 0, message, hasWritten));
        } else {
            ended.run();
        }
    }

    private void hasWritten(long cookie, Outcome outcome, long bytes) {
        EngineEcho.isMessage(outcome, bytes, message.byteSize());
        begin();
    }
}
