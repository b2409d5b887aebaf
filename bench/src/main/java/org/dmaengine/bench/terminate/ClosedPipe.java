package org.dmaengine.bench.terminate;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;

/** A pipe is closed under the thread that reads from it, and the thread joined. */
final class ClosedPipe implements Contestant {
    @Override
    public Turn measure() throws Exception {
        return TimedEvents.turn(ClosedPipe::stop, 1e3);
    }

    private static long stop() throws Exception {
        Pipe pipe = Pipe.open();
        Thread reader = Thread.ofPlatform().start(() -> readUntilClosed(pipe));
        Thread.sleep(WaitingRead.BEGUN_MILLIS);
        long begin = System.nanoTime();
        pipe.source().close();
        reader.join();
        long nanos = System.nanoTime() - begin;
        pipe.sink().close();
        return nanos;
    }

    private static void readUntilClosed(Pipe pipe) {
        try {
            int bytes = pipe.source().read(ByteBuffer.allocateDirect(4096));
            throw new IllegalStateException("nothing was written, and yet it read " + bytes);
        } catch (ClosedChannelException expected) {
            return;
        } catch (IOException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
