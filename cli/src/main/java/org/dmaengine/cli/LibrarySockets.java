package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.Outcome;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

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
            Optional<TransferResult> result = read.result();
            endings.tell(
                    ending,
                    result.map(LibrarySockets::words).orElse("not ended"),
                    Closing.refusal(arena::close));
            if (result.filter(it -> isEndOf(ending, it)).isEmpty()) {
                endings.tellWrong(ending);
            }
        }
    }

    /** Whether a read that ends in this way has such a result. */
    static boolean isEndOf(SocketEnding ending, TransferResult result) {
        return switch (ending) {
            case completed -> result.isWhole();
            case timedOut, cancelled -> result.outcome() == Outcome.ABORTED;
            case closed, reset -> result.outcome() == Outcome.READ_FAILED;
        };
    }

    private static String words(TransferResult result) {
        return result.outcome() + ", " + result.bytes() + " bytes";
    }
}
