package org.dmaengine.bench;

import org.jspecify.annotations.Nullable;

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

    // So many looks at the ball, some milliseconds, before one at the thread that has it.
    private static final int LOOKS = 1 << 20;

    private final Cores cores;
    private final Semaphore begin = new Semaphore(0);
    // Odd while the ball is on the other side. Volatile: written in turn by one side and the other.
    private final AtomicLong ball = new AtomicLong();
    private final Thread other;
    // Volatile: written once at the end.
    private volatile boolean closed;
    // Volatile: written when the other thread ends by it.
    private volatile @Nullable Throwable cause;

    PingPong(Cores cores) {
        this.cores = cores;
        other =
                Thread.ofPlatform()
                        .name("bench-ping-pong")
                        .daemon(true)
                        .uncaughtExceptionHandler((_, wrong) -> cause = wrong)
                        .start(this::returnBalls);
    }

    /**
     * Nanoseconds, the median of a few batches. To be called by one thread at a time.
     *
     * @throws IllegalStateException if the thread of the second core has ended
     */
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
        for (int looks = 1; ball.getAcquire() != number + 2; looks++) {
            Thread.onSpinWait();
            if (looks % LOOKS == 0 && !other.isAlive()) {
                throw new IllegalStateException("nobody is on core " + cores.second(), cause);
            }
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
