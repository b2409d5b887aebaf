package org.dmaengine;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Executor;

/**
 * Runs the callbacks of one channel, one at a time, in completion order, with no lock held (C3;
 * kernel: the tasklet of {@code vchan_complete}). Which callback is next, and whether one may still
 * run, is decided under the channel's lock; this class only calls.
 */
final class CallbackRunner implements Runnable {
    // After so many it lets others have the thread.
    static final int BATCH_MAX = 64;

    private final VirtualChannel channel;
    private final Executor executor;
    private final CallbackThreads threads;

    CallbackRunner(VirtualChannel channel, Executor executor, CallbackThreads threads) {
        this.channel = channel;
        this.executor = executor;
        this.threads = threads;
    }

    /** Called by the channel, without its lock, when there is work and the runner is not active. */
    void schedule() {
        CallbackContext context = CallbackContext.current();
        context.beginHandOver();
        try {
            executor.execute(this);
        } catch (Throwable refused) {
            // Nobody may wait for ever because an executor was shut down (C5).
            try {
                channel.faults.executorRefused(refused);
            } finally {
                threads.execute(this);
            }
        } finally {
            context.endHandOver();
        }
    }

    @Override
    public void run() {
        CallbackContext context = CallbackContext.current();
        if (context.noteIfYielding(this)) {
            return;
        }
        boolean again = true;
        while (again) {
            context.enter();
            boolean more;
            try {
                more = runBatch(context);
            } finally {
                context.leave();
            }
            again = more && yieldThread(context);
        }
    }

    /** Lets others have the thread; true if the executor gave it back at once. */
    private boolean yieldThread(CallbackContext context) {
        return context.yielding(this, this::schedule);
    }

    /** A client's executor cannot be asked; the engine's own threads know. */
    private boolean othersWait() {
        return executor != threads || threads.isBehind();
    }

    private boolean runBatch(CallbackContext context) {
        Thread thread = Thread.currentThread();
        TransferNode node = channel.claims.claimNext(null, thread);
        for (int left = BATCH_MAX; node != null; left--) {
            call(node);
            context.dropInterrupt();
            if (left <= 0 && othersWait()) {
                return channel.claims.yieldAfter(node);
            }
            node = channel.claims.claimNext(node, thread);
        }
        return false;
    }

    /**
     * The node is claimed: its callback, event and result do not change until it is returned (R3).
     */
    private void call(TransferNode node) {
        try {
            PeriodEvent event = node.claimedEvent;
            if (event != null) {
                require(node.onPeriod).onPeriod(event);
            } else if (node.onCookie != null) {
                node.onCookie.onComplete(node.cookie, node.outcome(), node.bytes);
            } else {
                require(node.onComplete).onComplete(node.result());
            }
        } catch (Throwable thrown) {
            // Whatever it throws disturbs nothing else (C3).
            channel.faults.callbackThrew(node, thrown);
        }
    }

    private static <T> T require(@Nullable T callback) {
        assert callback != null : "claimed without a callback";
        return callback;
    }
}
