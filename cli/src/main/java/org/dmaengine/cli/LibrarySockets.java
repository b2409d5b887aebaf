package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** The endings of {@link StockSockets} with this library. */
final class LibrarySockets {
    private static final Duration TIMEOUT = Duration.ofMillis(50);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final ServerSocketChannel server;
    private final DemoSide side;

    LibrarySockets(ServerSocketChannel server, DemoSide side) {
        this.server = server;
        this.side = side;
    }

    void show() throws IOException {
        SocketEndings endings = new SocketEndings(side);
        try (DmaEngine engine = DmaEngines.open("cpu")) {
            for (SocketEnding ending : SocketEnding.values()) {
                read(engine, ending, endings);
            }
        }
        side.expect(endings.unclosable() == 0);
        endings.conclude();
    }

    /** A read into memory of an arena, which is closed when it has ended: the channel stays. */
    private void read(DmaEngine engine, SocketEnding ending, SocketEndings endings)
            throws IOException {
        DmaArena arena = DmaArena.open();
        try (DmaChannel channel = engine.requestChannel(Capability.PERIPHERAL);
                SocketChannel socket = SocketChannel.open(server.getLocalAddress());
                SocketChannel peer = server.accept()) {
            Transfer read = BegunRead.of(channel, socket, arena.allocate(DemoBytes.BLOCK_BYTES));
            ending.happen(socket, peer);
            switch (ending) {
                case timedOut -> {
                    read.await(TIMEOUT);
                    channel.terminateSync();
                }
                case cancelled -> {
                    channel.terminateAsync();
                    channel.synchronize();
                }
                case completed, closed, reset -> {}
            }
            read.await(DEADLINE);
            String result = read.result().map(LibrarySockets::words).orElse("not ended");
            endings.tell(ending, result, Closing.refusal(arena::close));
        }
    }

    private static String words(TransferResult result) {
        return result.outcome() + ", " + result.bytes() + " bytes";
    }
}
