package org.dmaengine.engine.uring;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.util.function.BooleanSupplier;

/** How those who open and close a worker wait for its thread. */
final class Opening {
    private static final long LOOK_NANOS = 1_000_000;

    private final Scheduler scheduler;
    private final Thread opener = Thread.currentThread();
    private volatile boolean open;
    private volatile @Nullable Throwable failure;

    Opening(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    void done() {
        open = true;
        scheduler.unpark(opener);
    }

    void failed(Throwable cause) {
        failure = cause;
        done();
    }

    void await() throws UringUnavailable {
        until(() -> open);
        switch (failure) {
            case null -> {}
            case UringUnavailable no -> throw no;
            case Throwable other ->
                    throw new IllegalStateException("the worker could not start: " + other, other);
        }
    }

    void until(BooleanSupplier condition) {
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            scheduler.park(LOOK_NANOS);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
