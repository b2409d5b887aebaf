package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.CountDownLatch;

/** Standard output as something that a channel can be stopped on; see {@link InputPump}. */
final class OutputPump implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Pipe pipe;
    // Opened by the pump at its end, and by a signal.
    private final CountDownLatch over = new CountDownLatch(1);
    private final OutputStream output;
    // Volatile: written by the pump alone; what the reader of standard output was given.
    private volatile long deliveredBytes;
    // Volatile: written by the pump before it closes its end of the pipe, as in InputPump.
    private volatile @Nullable Throwable failure;

    private OutputPump(Pipe pipe, OutputStream output) {
        this.pipe = pipe;
        this.output = output;
    }

    static OutputPump start(OutputStream output) throws IOException {
        OutputPump pump = new OutputPump(Pipe.open(), output);
        Thread.ofPlatform().name("pump-output").daemon().start(pump::run);
        return pump;
    }

    /** What the engine writes to. */
    Pipe.SinkChannel sink() {
        return pipe.sink();
    }

    long deliveredBytes() {
        return deliveredBytes;
    }

    /** What writing failed with; a failure of it ends the engine's write too. */
    @Nullable IOException failure() {
        Throwable known = failure;
        return known == null ? null : FileProblem.toldBy(known);
    }

    private void run() {
        try (Pipe.SourceChannel source = pipe.source()) {
            try {
                deliver(source);
            } catch (Throwable problem) {
                // Before the end of this side, of which the engine's write fails and says less.
                failure = problem;
            }
        } catch (IOException closing) {
            if (failure == null) {
                failure = closing;
            }
        } finally {
            over.countDown();
        }
    }

    private void deliver(Pipe.SourceChannel source) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long delivered = 0;
        while (source.read(buffer.clear()) >= 0) {
            output.write(buffer.array(), 0, buffer.position());
            delivered += buffer.position();
            deliveredBytes = delivered;
        }
        output.flush();
    }

    /** No more will come: waits until all is delivered, or cannot be, or the command is to end. */
    void finish(Interruption interruption) throws IOException {
        pipe.sink().close();
        interruption.onRequest(over::countDown);
        boolean known = false;
        while (!known) {
            try {
                over.await();
                known = true;
            } catch (InterruptedException nobodyInterruptsThisThread) {
                // Once more: what is not delivered must not be called done.
            }
        }
    }

    /** To be called when no transfer writes to the pipe any more. */
    @Override
    public void close() throws IOException {
        pipe.sink().close();
    }
}
