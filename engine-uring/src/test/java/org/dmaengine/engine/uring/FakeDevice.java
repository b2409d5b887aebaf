package org.dmaengine.engine.uring;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device that ends what it was given in any order, in pieces of any size, and sometimes asks to
 * come again: a thread of its own, which takes the entries that the fake kernel holds.
 */
final class FakeDevice implements AutoCloseable {
    private static final int[] COME_AGAIN = {Errno.EAGAIN, Errno.EINTR, Errno.ENOBUFS, Errno.EBUSY};

    private final FakeKernel kernel;
    private final Random random;
    private final Thread thread;
    private final AtomicInteger ended = new AtomicInteger();
    private volatile boolean closed;

    /** Begins to take entries; the seed decides the order and the sizes. */
    FakeDevice(FakeKernel kernel, long seed) {
        this.kernel = kernel;
        this.random = new Random(seed);
        this.thread = Thread.ofPlatform().name("fake device").daemon(true).start(this::serve);
    }

    private void serve() {
        List<FakeEntry> held = new ArrayList<>();
        while (!closed) {
            held.clear();
            kernel.lock().await(() -> closed || isAnyHeld(), Long.MAX_VALUE);
            kernel.flight().entries().stream()
                    .filter(each -> each.state() == FakeEntry.State.HELD)
                    .forEach(held::add);
            int some = held.isEmpty() ? 0 : 1 + random.nextInt(held.size());
            for (int i = 0; i < some; i++) {
                end(held.remove(random.nextInt(held.size())));
            }
        }
    }

    private boolean isAnyHeld() {
        return kernel.flight().entries().stream()
                .anyMatch(each -> each.state() == FakeEntry.State.HELD);
    }

    private void end(FakeEntry entry) {
        ended.getAndIncrement();
        switch (random.nextInt(40)) {
            case 0 -> entry.answer(-COME_AGAIN[random.nextInt(COME_AGAIN.length)]);
            case 1, 2, 3, 4 -> entry.run(1 + random.nextInt(64));
            default -> entry.run();
        }
    }

    /** How many entries it has ended. */
    int ended() {
        return ended.get();
    }

    @Override
    public void close() {
        closed = true;
        kernel.lock().locked(kernel.lock()::signal);
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError("the device did not end", interrupted);
        }
    }
}
