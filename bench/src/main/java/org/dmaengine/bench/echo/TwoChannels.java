package org.dmaengine.bench.echo;

import org.dmaengine.CookieCallback;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;

import java.lang.foreign.MemorySegment;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection as two queues, one for each direction: while a message is written, the next is read
 * already, into another buffer. The kernel gets both with one call.
 */
final class TwoChannels {
    private final DmaChannel reads;
    private final DmaChannel writes;
    private final PeripheralConfig from;
    private final PeripheralConfig to;
    private final Runnable ended;
    private final CookieCallback hasRead = this::hasRead;
    private final CookieCallback hasWritten = this::hasWritten;

    // What must be over before the next step; whoever counts the last of it makes the step, and
    // sees with the count what the others have left.
    private final AtomicInteger left = new AtomicInteger();
    private MemorySegment incoming;
    private MemorySegment outgoing;

    TwoChannels(
            DmaChannel reads,
            DmaChannel writes,
            SocketChannel socket,
            DmaArena arena,
            int messageBytes,
            Runnable ended) {
        Peripheral peripheral = new Peripheral.Stream(socket);
        this.reads = reads;
        this.writes = writes;
        this.from = PeripheralConfig.read(peripheral);
        this.to = PeripheralConfig.write(peripheral);
        this.incoming = arena.allocate(messageBytes, 64);
        this.outgoing = arena.allocate(messageBytes, 64);
        this.ended = ended;
    }

    void begin() {
        left.set(1);
        read();
    }

    private void read() {
        EngineEcho.issue(reads, reads.tryPeripheral(from, 0, incoming, hasRead));
    }

    private void hasRead(long cookie, Outcome outcome, long bytes) {
        if (EngineEcho.isMessage(outcome, bytes, incoming.byteSize())) {
            over();
        } else {
            ended.run();
        }
    }

    private void hasWritten(long cookie, Outcome outcome, long bytes) {
        EngineEcho.isMessage(outcome, bytes, outgoing.byteSize());
        over();
    }

    /** The one that was read is written, into the other the next is read. */
    private void over() {
        if (left.decrementAndGet() == 0) {
            MemorySegment message = incoming;
            incoming = outgoing;
            outgoing = message;
            left.set(2);
            EngineEcho.issue(writes, writes.tryPeripheral(to, 0, message, hasWritten));
            read();
        }
    }
}
