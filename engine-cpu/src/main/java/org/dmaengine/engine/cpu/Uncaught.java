package org.dmaengine.engine.cpu;

/** Where a thread of the engine tells what nobody else can be told; then it goes on. */
final class Uncaught {
    private Uncaught() {}

    /** As the VM does with what ends a thread. */
    static void tell(Throwable thrown) {
        Thread me = Thread.currentThread();
        try {
            me.getUncaughtExceptionHandler().uncaughtException(me, thrown);
        } catch (Throwable ignored) {
            // As the VM ignores it: there is nobody left to tell.
        }
    }
}
