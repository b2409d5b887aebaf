package org.dmaengine.engine.cpu;

/**
 * The thread that rings the doorbell, in mode {@code inline}: it moves small pieces of memory
 * itself, a bounded number for each doorbell; everything else goes on to the workers.
 */
final class CallerLane implements Lane {
    /** Longer operations go to the workers, so that a doorbell stays short (P2). */
    static final long LENGTH_MAX_BYTES = 64 << 10;

    private static final int TURN_TRANSFERS = 64;

    private final Crew workers;
    private final ThreadLocal<boolean[]> inside = ThreadLocal.withInitial(() -> new boolean[1]);

    CallerLane(Crew workers) {
        this.workers = workers;
    }

    /**
     * Serves the channel on this thread, unless it is serving one already: a chain of callbacks
     * that ring one another's doorbells would else grow the stack.
     */
    void serveOrPass(CpuChannel channel) {
        boolean[] mine = inside.get();
        if (mine[0]) {
            channel.pass(workers);
            return;
        }
        mine[0] = true;
        try {
            channel.serveRung(this);
        } finally {
            mine[0] = false;
        }
    }

    @Override
    public void ready(CpuChannel channel) {
        workers.ready(channel);
    }

    @Override
    public void requeue(CpuChannel channel) {
        workers.ready(channel);
    }

    @Override
    public boolean endsAnywhere() {
        return true;
    }

    @Override
    public Lane onward() {
        return workers;
    }

    @Override
    public boolean movesMemory() {
        return true;
    }

    @Override
    public boolean othersWait() {
        return true;
    }

    @Override
    public int looks() {
        return 0;
    }

    @Override
    public int turnTransfers() {
        return TURN_TRANSFERS;
    }
}
