package org.dmaengine.engine.sim;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Every choice of a run, drawn from one seed: which thread goes on, what goes wrong, what a random
 * program does.
 */
public final class Choices {
    /** How the next thread is chosen; each finds what the others rarely do. */
    private enum Order {
        /** Any, each as likely. */
        UNIFORM,
        /** Mostly the one that was woken last, so that one thread goes far while others wait. */
        NEWEST,
        /** Mostly the one that has waited longest, so that all take turns. */
        OLDEST,
        /** The one of the highest rank; ranks change now and then. */
        RANKED
    }

    private static final int RANKS = 1 << 16;
    private static final int RANK_CHANGES_ONE_IN = 16;
    private static final int EXCEPTIONS_ONE_IN = 6;

    private final long seed;
    private final SplittableRandom random;
    private final Order order;

    private Choices(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        Order[] orders = Order.values();
        this.order = orders[random.nextInt(orders.length)];
    }

    /** All choices of one seed. */
    public static Choices of(long seed) {
        return new Choices(seed);
    }

    /** The seed they are drawn from. */
    public long seed() {
        return seed;
    }

    /** Another source of choices, so that drawing from one does not shift the other. */
    public Choices fork() {
        return new Choices(random.nextLong());
    }

    /** A number from 0, below {@code bound}. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** A number of both bounds and all between. */
    public long between(long min, long max) {
        return random.nextLong(min, max + 1);
    }

    /** True once in so many times. */
    public boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    /** One of these. */
    public <T> T of(List<T> options) {
        return options.get(random.nextInt(options.size()));
    }

    /** Which of the threads that can run goes on. */
    int thread(List<SimThread> runnable) {
        int count = runnable.size();
        if (count == 1) {
            return 0;
        }
        return switch (order) {
            case UNIFORM -> below(count);
            case NEWEST -> oneIn(EXCEPTIONS_ONE_IN) ? below(count) : count - 1;
            case OLDEST -> oneIn(EXCEPTIONS_ONE_IN) ? below(count) : 0;
            case RANKED -> ranked(runnable);
        };
    }

    private int ranked(List<SimThread> runnable) {
        int best = 0;
        for (int i = 0; i < runnable.size(); i++) {
            SimThread each = runnable.get(i);
            if (each.priority == 0 || oneIn(RANK_CHANGES_ONE_IN)) {
                each.priority = 1 + below(RANKS);
            }
            if (each.priority > runnable.get(best).priority) {
                best = i;
            }
        }
        return best;
    }
}
