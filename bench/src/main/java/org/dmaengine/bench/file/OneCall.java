package org.dmaengine.bench.file;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** FileChannel: one thread, and one call at a time, whatever the depth of the others. */
final class OneCall implements Contestant {
    private final Access access;
    private final Metric metric;
    private final FileChannel file;
    private final ByteBuffer buffer;
    private final Access.Offsets offsets;

    OneCall(Path path, Access access, Metric metric) throws IOException, Skip {
        this.access = access;
        this.metric = metric;
        file = access.open(path);
        buffer = access.buffers(1).getFirst();
        offsets = new Access.Offsets(access, file.size());
    }

    @Override
    public Turn measure() throws Exception {
        return metric.measure(this::call);
    }

    private long call(long endNanos) throws IOException {
        long done = 0;
        while (System.nanoTime() < endNanos) {
            buffer.clear();
            long at = offsets.next();
            int bytes = access.writing() ? file.write(buffer, at) : file.read(buffer, at);
            if (bytes != access.blockBytes()) {
                throw new IOException("moved " + bytes);
            }
            done++;
        }
        return done;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
