package org.dmaengine.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Stock Java: an asynchronous read acquires the arena of its buffer, and lets go of it only if it
 * ends well.
 */
final class StockSockets {
    private static final long TIMEOUT_MILLIS = 50;
    private static final long DEADLINE_SECONDS = 10;
    private static final int TRIES = 10;
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final ServerSocketChannel server;
    private final DemoSide side;

    StockSockets(ServerSocketChannel server, DemoSide side) {
        this.server = server;
        this.side = side;
    }

    void show() throws IOException {
        Map<SocketEnding, Arena> arenas = new EnumMap<>(SocketEnding.class);
        Map<SocketEnding, String> results = new EnumMap<>(SocketEnding.class);
        AsynchronousChannelGroup group =
                AsynchronousChannelGroup.withFixedThreadPool(
                        1, Thread.ofPlatform().daemon().name("stock-socket").factory());
        try {
            for (SocketEnding ending : SocketEnding.values()) {
                Arena arena = Arena.ofShared();
                arenas.put(ending, arena);
                results.put(ending, read(group, arena, ending));
            }
        } finally {
            group.shutdownNow();
        }
        if (!awaitEnd(group)) {
            throw new CommandFailure("the threads of the sockets did not end");
        }
        side.tell("all sockets", "are closed, and the thread that served them has ended");
        SocketEndings endings = new SocketEndings(side);
        arenas.forEach((ending, arena) ->
                endings.tell(ending, String.valueOf(results.get(ending)), lastRefusal(arena)));
        side.expect(endings.unclosable() > 0);
        endings.conclude();
    }

    /** A read into memory of the arena; how it ended. */
    private String read(AsynchronousChannelGroup group, Arena arena, SocketEnding ending)
            throws IOException {
        try (AsynchronousSocketChannel socket = AsynchronousSocketChannel.open(group)) {
            connect(socket);
            try (SocketChannel peer = server.accept()) {
                ByteBuffer target = arena.allocate(DemoBytes.BLOCK_BYTES).asByteBuffer();
                Future<Integer> read =
                        ending == SocketEnding.timedOut
                                ? readInTime(socket, target)
                                : socket.read(target);
                ending.happen(socket, peer);
                if (ending == SocketEnding.cancelled) {
                    read.cancel(true);
                }
                return outcome(read);
            }
        }
    }

    private static Future<Integer> readInTime(AsynchronousSocketChannel socket, ByteBuffer target) {
        CompletableFuture<Integer> read = new CompletableFuture<>();
        socket.read(
                target,
                TIMEOUT_MILLIS,
                TimeUnit.MILLISECONDS,
                read,
                new CompletionHandler<Integer, CompletableFuture<Integer>>() {
                    @Override
                    public void completed(Integer bytes, CompletableFuture<Integer> future) {
                        future.complete(bytes);
                    }

                    @Override
                    public void failed(Throwable why, CompletableFuture<Integer> future) {
                        future.completeExceptionally(why);
                    }
                });
        return read;
    }

    /** Does not wait for the accept: the listener's queue takes it. */
    private void connect(AsynchronousSocketChannel socket) throws IOException {
        try {
            await(socket.connect(server.getLocalAddress()));
        } catch (ExecutionException refused) {
            throw new IOException("no connection", refused.getCause());
        }
    }

    private static String outcome(Future<Integer> read) {
        try {
            await(read);
            return read.resultNow() + " bytes";
        } catch (ExecutionException failed) {
            return Closing.words(failed.getCause());
        } catch (CancellationException cancelled) {
            return Closing.words(cancelled);
        }
    }

    private static void await(Future<?> future) throws ExecutionException {
        try {
            future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new CommandFailure("a socket did not answer", late);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", stop);
        }
    }

    private static boolean awaitEnd(AsynchronousChannelGroup group) {
        try {
            return group.awaitTermination(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Nobody is left who could let go of it; it gets a tenth of a second for that all the same. */
    private static Optional<String> lastRefusal(Arena arena) {
        Optional<String> refusal = Closing.refusal(arena::close);
        for (int tries = 1; refusal.isPresent() && tries < TRIES; tries++) {
            LockSupport.parkNanos(PAUSE.toNanos());
            refusal = Closing.refusal(arena::close);
        }
        return refusal;
    }
}
