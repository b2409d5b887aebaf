import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.CookieCallback;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;

/**
 * An engine, through the full API: a channel for each connection, on which the callback of a read
 * submits the write, and that of a write the next read. Callbacks run at once, on the thread that
 * ends the transfers, so that nobody has to be woken for one.
 */
final class EngineEcho implements EchoServer.Echo {
    private final DmaEngine engine;

    /**
     * @param name with options, as {@code io_uring:mode=workers,spins=0}
     */
    EngineEcho(String name) {
        String[] parts = name.split("[:,]");
        EngineOptions options = EngineOptions.defaults();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=");
            options = options.with(pair[0], pair[1]);
        }
        engine = DmaEngines.open(parts[0], options);
    }

    @Override
    public int listen(int messageBytes) throws IOException {
        return ThreadEcho.accept(socket -> serve(socket, messageBytes));
    }

    /** This thread only waits for the end of the connection. */
    private void serve(SocketChannel socket, int messageBytes) {
        ChannelRequest request =
                ChannelRequest.of(Capability.PERIPHERAL)
                        .withDepth(2)
                        .withCallbackExecutor(Runnable::run);
        try (DmaArena arena = DmaArena.open();
                DmaChannel channel = engine.requestChannel(request)) {
            Connection connection =
                    new Connection(channel, socket, arena.allocate(messageBytes, 64));
            connection.read();
            connection.awaitEnd();
        }
    }

    private static final class Connection {
        private final DmaChannel channel;
        private final PeripheralConfig from;
        private final PeripheralConfig to;
        private final MemorySegment message;
        private final CookieCallback hasRead = this::hasRead;
        private final CookieCallback hasWritten = this::hasWritten;
        private final CountDownLatch ended = new CountDownLatch(1);

        Connection(DmaChannel channel, SocketChannel socket, MemorySegment message) {
            Peripheral peripheral = new Peripheral.Stream(socket);
            this.channel = channel;
            this.from = PeripheralConfig.read(peripheral);
            this.to = PeripheralConfig.write(peripheral);
            this.message = message;
        }

        void read() {
            submit(channel.tryPeripheral(from, 0, message, hasRead));
        }

        private void hasRead(long cookie, Outcome outcome, long bytes) {
            if (bytes == message.byteSize()) {
                submit(channel.tryPeripheral(to, 0, message, hasWritten));
            } else {
                // The client has closed it, between two messages.
                expect(outcome == Outcome.COMPLETE && bytes == 0, outcome, bytes);
                ended.countDown();
            }
        }

        private void hasWritten(long cookie, Outcome outcome, long bytes) {
            expect(bytes == message.byteSize(), outcome, bytes);
            read();
        }

        private void submit(long cookie) {
            if (cookie == 0) {
                throw new IllegalStateException("no place for one transfer");
            }
            channel.issuePending();
        }

        private static void expect(boolean good, Outcome outcome, long bytes) {
            if (!good) {
                System.err.println("a transfer ended as " + outcome + " after " + bytes);
                System.exit(1);
            }
        }

        void awaitEnd() {
            try {
                ended.await();
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        }
    }
}
