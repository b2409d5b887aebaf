package org.dmaengine.bench.file;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** AsynchronousFileChannel, at the depth, on a pool of threads, each of which makes one call. */
final class PooledCalls implements Contestant {
    private final Access access;
    private final Metric metric;
    private final ThreadPoolExecutor pool;
    private final AsynchronousFileChannel file;
    private final Access.Offsets offsets;
    private final List<ByteBuffer> buffers;

    PooledCalls(Path path, Access access, Metric metric) throws IOException {
        this.access = access;
        this.metric = metric;
        pool =
                new ThreadPoolExecutor(
                        threads(access),
                        threads(access),
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().name("bench-pool").daemon(true).factory());
        if (access.direct()) {
            // Threads stay where the one is that starts them: here, it is free.
            pool.prestartAllCoreThreads();
        }
        file = AsynchronousFileChannel.open(path, access.options(), pool);
        offsets = new Access.Offsets(access, file.size());
        buffers = access.buffers(access.depth());
    }

    /**
     * As many as the depth where a disk is waited for, so that as many calls are in flight. The
     * page cache answers at once, and all have one core there: more threads would only take it from
     * one another.
     */
    static int threads(Access access) {
        return access.direct() ? access.depth() : 1;
    }

    @Override
    public Turn measure() throws Exception {
        return metric.measure(this::call);
    }

    private long call(long endNanos) throws Exception {
        List<Future<Integer>> running = new ArrayList<>();
        for (ByteBuffer each : buffers) {
            running.add(begin(each));
        }
        long done = 0;
        for (int i = 0; System.nanoTime() < endNanos; i = (i + 1) % buffers.size()) {
            done += end(running.get(i));
            running.set(i, begin(buffers.get(i)));
        }
        for (Future<Integer> each : running) {
            done += end(each);
        }
        return done;
    }

    private Future<Integer> begin(ByteBuffer buffer) {
        buffer.clear();
        long at = offsets.next();
        return access.writing() ? file.write(buffer, at) : file.read(buffer, at);
    }

    private int end(Future<Integer> running) throws Exception {
        if (running.get() != access.blockBytes()) {
            throw new IOException("moved " + running.get());
        }
        return 1;
    }

    @Override
    public void close() throws IOException {
        file.close();
        pool.close();
    }
}
