package org.dmaengine.engine.cpu;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * One thread of a crew, as a loop that can be stepped: {@link #run} drives it on a thread of its
 * own, a test may call {@link #step} instead.
 */
final class Worker implements Runnable {
    private static final int YIELDS = 8;

    private final Crew crew;
    private final int spins;
    private final int number;

    // Guarded by the crew's lock; while it serves a channel nobody else writes it.
    boolean searching;
    // Volatile: written once by the worker before it first parks, read by whoever wakes it.
    private volatile @Nullable Thread thread;

    /**
     * @param number which one of its crew it is
     */
    Worker(Crew crew, int spins, int number) {
        this.crew = crew;
        this.spins = spins;
        this.number = number;
    }

    int number() {
        return number;
    }

    /**
     * Serves one channel for one turn, which is bounded.
     *
     * @return false if there was none
     */
    boolean step() {
        CpuChannel channel = crew.next(this);
        if (channel == null) {
            return false;
        }
        try {
            channel.serve(crew, this);
        } catch (Throwable broken) {
            mayTakeLong();
            // The channel is lost, and not even that could be told: out of memory, or a listener
            // and a logger that fail. All others are still to be served.
            Uncaught.tell(broken);
        }
        return true;
    }

    /** By itself, in a turn, before anything that others should not have to wait for. */
    void mayTakeLong() {
        if (searching) {
            crew.mayTakeLong(this);
        }
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        while (step() || spin() || crew.park(this)) {
            // All is done in the condition: work, look a little longer, sleep.
        }
    }

    /** Work that comes within microseconds is found by looking, without a wake-up. */
    @SuppressWarnings("ThreadPriorityCheck") // Only politeness; what is missed is found by park.
    private boolean spin() {
        for (int i = 0; i < spins; i++) {
            if (crew.wantsAttention()) {
                return step();
            }
            Thread.onSpinWait();
        }
        for (int i = 0; i < yields(); i++) {
            if (crew.wantsAttention()) {
                return step();
            }
            Thread.yield();
        }
        return false;
    }

    private int yields() {
        return spins > 0 ? YIELDS : 0;
    }

    /** False if it has no thread yet, and is to be started. */
    boolean unpark(Scheduler scheduler) {
        Thread parked = thread;
        if (parked != null) {
            scheduler.unpark(parked);
        }
        return parked != null;
    }
}
