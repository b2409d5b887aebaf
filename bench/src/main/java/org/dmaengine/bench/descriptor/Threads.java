package org.dmaengine.bench.descriptor;

import java.util.List;

/** Threads of this process by the beginning of their names. */
final class Threads {
    private Threads() {}

    static List<Thread> named(String begin) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(begin))
                .toList();
    }
}
