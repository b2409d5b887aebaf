package org.dmaengine.engine.cpu;

/**
 * Where channels queue for a thread: the memory workers, the I/O threads, the selector, or the
 * thread that rang the doorbell. Any thread may call; no call waits.
 */
interface Lane {
    /** Queues a channel that has just become READY, and sees to it that a thread comes for it. */
    void ready(CpuChannel channel);

    /**
     * The same for a channel whose turn on this lane is over. The calling thread will look at the
     * queue itself, so that nobody has to be woken for this one.
     */
    void requeue(CpuChannel channel);

    /**
     * Whether a transfer that no thread is inside of may be ended by any thread. Not on the
     * selector, whose registrations are its own.
     */
    boolean endsAnywhere();

    /** Where a channel goes on whose turn is over. */
    Lane onward();

    /** How many transfers one turn may end, so that other channels get theirs. */
    int turnTransfers();

    /** Whether small copies may be moved here, a bounded number at once. */
    boolean movesMemory();

    /** Whether another channel waits for a thread of this lane. */
    boolean othersWait();

    /** How often a thread looks for more work of a channel before it leaves it. */
    int looks();
}
