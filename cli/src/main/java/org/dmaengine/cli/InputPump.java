package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;

/**
 * Standard input, a FIFO or a device as something that a channel can be stopped on. Java cannot
 * select on those, and a thread blocked in their read cannot be stopped; so a thread of ours reads
 * them into a pipe, from its own memory, and the engine reads the pipe. When the channel is
 * terminated, the engine is quiet at once, and only this thread, which knows no buffer of the
 * engine, still waits: it is a daemon and goes with the process.
 */
final class InputPump implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    /** Opens the stream; a FIFO waits in it for its writer, and so the pump's thread does it. */
    @FunctionalInterface
    interface Opening {
        InputStream open() throws IOException;
    }

    private final Pipe pipe;
    // Volatile: written by the pump before it closes its end of the pipe. Whatever it is, and as it
    // is: there may be no memory for more.
    private volatile @Nullable Throwable failure;

    private InputPump(Pipe pipe) {
        this.pipe = pipe;
    }

    static InputPump start(String name, Opening opening) throws IOException {
        InputPump pump = new InputPump(Pipe.open());
        Thread.ofPlatform().name("pump-" + name).daemon().start(() -> pump.run(opening));
        return pump;
    }

    /** What the engine reads. */
    Pipe.SourceChannel source() {
        return pipe.source();
    }

    /** What reading failed with; to be asked when the pipe has ended. */
    @Nullable IOException failure() {
        Throwable known = failure;
        return known == null ? null : FileProblem.toldBy(known);
    }

    private void run(Opening opening) {
        try (Pipe.SinkChannel sink = pipe.sink()) {
            try (InputStream input = opening.open()) {
                pump(input, sink);
            } catch (Throwable problem) {
                // What has come would be taken for all there is.
                failure = problem;
            }
        } catch (IOException closing) {
            if (failure == null) {
                failure = closing;
            }
        }
    }

    private void pump(InputStream input, Pipe.SinkChannel sink) throws IOException {
        byte[] bytes = new byte[BUFFER_BYTES];
        for (int got = input.read(bytes); got >= 0; got = input.read(bytes)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, got);
            while (buffer.hasRemaining()) {
                sink.write(buffer);
            }
        }
    }

    /** To be called when no transfer reads the pipe any more. */
    @Override
    public void close() throws IOException {
        pipe.source().close();
    }
}
