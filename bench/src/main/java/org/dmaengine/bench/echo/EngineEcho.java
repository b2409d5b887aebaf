package org.dmaengine.bench.echo;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.EngineUnavailableException;
import org.dmaengine.Outcome;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;

/**
 * The engine io_uring, through the full API, in one of two ways; see {@link OneChannel} and {@link
 * TwoChannels}. Callbacks run at once, on the thread that ends the transfers, so that nobody has to
 * be woken for one.
 */
final class EngineEcho implements EchoServer {
    private static final ChannelRequest REQUEST =
            ChannelRequest.of(Capability.PERIPHERAL)
                    .withDepth(2)
                    .withCallbackExecutor(Runnable::run);

    private final DmaEngine engine;
    private final boolean oneChannel;

    EngineEcho(boolean oneChannel) {
        this.oneChannel = oneChannel;
        EngineOptions options =
                EngineOptions.defaults().withFaults(fault -> fail(fault.toString()));
        try {
            engine = DmaEngines.open("io_uring", options);
        } catch (EngineUnavailableException unavailable) {
            throw new UnsupportedOperationException(unavailable.getMessage(), unavailable);
        }
    }

    @Override
    public int listen(int messageBytes) throws IOException {
        return ThreadEcho.accept(socket -> serve(socket, messageBytes));
    }

    /** This thread only waits for the end of the connection. */
    private void serve(SocketChannel socket, int messageBytes) {
        CountDownLatch ended = new CountDownLatch(1);
        try (DmaArena arena = DmaArena.open();
                DmaChannel reads = engine.requestChannel(REQUEST);
                DmaChannel writes = oneChannel ? reads : engine.requestChannel(REQUEST)) {
            if (oneChannel) {
                new OneChannel(reads, socket, arena, messageBytes, ended::countDown).begin();
            } else {
                new TwoChannels(reads, writes, socket, arena, messageBytes, ended::countDown)
                        .begin();
            }
            ended.await();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    /** Lets a transfer start. */
    static void issue(DmaChannel channel, long cookie) {
        if (cookie == 0) {
            fail("no place for a transfer");
        }
        channel.issuePending();
    }

    /** True: a whole message; false: the client has closed the connection, between two of them. */
    static boolean isMessage(Outcome outcome, long bytes, long messageBytes) {
        if (outcome != Outcome.COMPLETE || (bytes != 0 && bytes != messageBytes)) {
            fail(
                    "a transfer of "
                            + messageBytes
                            + " bytes ended as "
                            + outcome
                            + " after "
                            + bytes);
        }
        return bytes != 0;
    }

    private static void fail(String what) {
        System.err.println(what);
        Runtime.getRuntime().halt(1);
    }
}
