package org.dmaengine.bench;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Runs what pins its thread to cores, so that the pin ends with the thread. */
final class OwnThread {
    private OwnThread() {}

    static <T> T call(Callable<T> body) throws Exception {
        FutureTask<T> task = new FutureTask<>(body);
        Thread thread = Thread.ofPlatform().name("own-thread").start(task);
        thread.join();
        return task.get();
    }
}
