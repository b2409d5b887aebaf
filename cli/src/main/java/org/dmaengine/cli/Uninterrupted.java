package org.dmaengine.cli;

/** Waits that an interrupt does not cut short: it is told to the caller afterwards. */
final class Uninterrupted {
    private Uninterrupted() {}

    /** Until the thread has ended. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
