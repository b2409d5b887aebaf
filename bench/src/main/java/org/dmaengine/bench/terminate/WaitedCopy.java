package org.dmaengine.bench.terminate;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.FreeMemory;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;

/** What stock Java can do about a copy that runs: wait for it. */
final class WaitedCopy implements Contestant {
    private static final long RUNNING_MILLIS = 1;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment source = arena.allocate(RunningCopy.COPY_BYTES, 4096);
    private final MemorySegment target = arena.allocate(RunningCopy.COPY_BYTES, 4096);

    /**
     * @throws Skip if there is too little memory
     */
    static WaitedCopy open() throws Skip, IOException {
        FreeMemory.require(2 * RunningCopy.COPY_BYTES);
        return new WaitedCopy();
    }

    private WaitedCopy() {
        source.fill((byte) 1);
        target.fill((byte) 2);
    }

    @Override
    public Turn measure() throws Exception {
        return TimedEvents.turn(this::await, 1e3);
    }

    private long await() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Thread copier =
                Thread.ofPlatform()
                        .start(() -> {
                            begun.countDown();
                            target.copyFrom(source);
                        });
        begun.await();
        Thread.sleep(RUNNING_MILLIS);
        long begin = System.nanoTime();
        copier.join();
        return System.nanoTime() - begin;
    }

    @Override
    public void close() {
        arena.close();
    }
}
