package org.dmaengine.bench.start;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Cores;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/** Starts one command again and again, each time when the last has ended. */
final class Starts implements Contestant {
    private static final int STARTS = 10;

    private final Cores cores;
    private final List<String> command;

    Starts(Site site, List<String> command) throws IOException, InterruptedException {
        cores = site.cores();
        this.command = command;
        // Of ours, this builds the command line if there is no build of these sources.
        run();
    }

    /** In milliseconds for each. */
    @Override
    public Turn measure() throws IOException, InterruptedException {
        // A process may use the cores of the thread that starts it: all of them, as from a shell.
        cores.freeSelf();
        try {
            long begun = System.nanoTime();
            for (int i = 0; i < STARTS; i++) {
                run();
            }
            return Turn.of((System.nanoTime() - begun) / 1e6 / STARTS);
        } finally {
            Cores.pinSelf(cores.first());
        }
    }

    private void run() throws IOException, InterruptedException {
        int code =
                new ProcessBuilder(command)
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD)
                        .start()
                        .waitFor();
        if (code != 0) {
            throw new IOException(command + " ended with " + code);
        }
    }
}
