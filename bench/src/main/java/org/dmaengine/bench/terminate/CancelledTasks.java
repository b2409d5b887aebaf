package org.dmaengine.bench.terminate;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Turn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Tasks that wait in an executor are cancelled one by one. */
final class CancelledTasks implements Contestant {
    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon(true).factory());
    private final int queued;

    CancelledTasks(int queued) {
        this.queued = queued;
    }

    @Override
    public Turn measure() throws Exception {
        return TimedEvents.turn(this::cancel, 1);
    }

    private long cancel() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Future<?> running =
                executor.submit(() -> {
                    over.await();
                    return null;
                });
        List<Future<?>> waiting = new ArrayList<>();
        for (int i = 0; i < queued; i++) {
            waiting.add(executor.submit(() -> {}));
        }
        long begin = System.nanoTime();
        for (Future<?> each : waiting) {
            each.cancel(false);
        }
        long nanos = System.nanoTime() - begin;
        over.countDown();
        running.get();
        return nanos;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
