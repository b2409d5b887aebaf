package org.dmaengine.bench;

import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How near two cores are to each other: the time a cache line takes from one to the other and back.
 * The thread of the second core waits without using it while nothing is measured.
 */
final class PingPong implements AutoCloseable {
    private static final int BATCHES = 5;
    private static final int RETURNS = 1000;

    private final Cores cores;
    private final Semaphore begin = new Semaphore(0);
    // Odd while the ball is on the other side. Volatile: written in turn by one side and the other.
    private final AtomicLong ball = new AtomicLong();
    // Volatile: written once at the end.
    private volatile boolean closed;

    PingPong(Cores cores) {
        this.cores = cores;
        Thread.ofPlatform().name("bench-ping-pong").daemon(true).start(this::returnBalls);
    }

    /** Nanoseconds, the median of a few batches. To be called by one thread at a time. */
    double nanos() {
        Cores.pinSelf(cores.first());
        try {
            begin.release();
            double[] batches = new double[BATCHES];
            for (int batch = 0; batch < BATCHES; batch++) {
                batches[batch] = batch();
            }
            Arrays.sort(batches);
            return batches[BATCHES / 2];
        } finally {
            cores.freeSelf();
        }
    }

    private double batch() {
        long number = ball.get();
        // The first one waits until the other side is awake.
        number = returned(number);
        long begun = System.nanoTime();
        for (int i = 1; i < RETURNS; i++) {
            number = returned(number);
        }
        return (System.nanoTime() - begun) / (RETURNS - 1.0);
    }

    private long returned(long number) {
        ball.setRelease(number + 1);
        while (ball.getAcquire() != number + 2) {
            Thread.onSpinWait();
        }
        return number + 2;
    }

    private void returnBalls() {
        Cores.pinSelf(cores.second());
        while (!closed) {
            begin.acquireUninterruptibly();
            if (closed) {
                return;
            }
            long last = ball.get() / 2 * 2 + 2L * BATCHES * RETURNS;
            for (long number = last - 2L * BATCHES * RETURNS; number < last; number += 2) {
                while (ball.getAcquire() != number + 1) {
                    Thread.onSpinWait();
                }
                ball.setRelease(number + 2);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        begin.release();
    }
}
