package org.dmaengine.bench.start;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Ending;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/** Starts one command again and again, each time when the last has ended. */
final class Starts implements Contestant {
    private static final int STARTS = 10;
    // The first may have to build the command line.
    private static final long RUN_SECONDS = 600;

    private final List<String> command;

    Starts(List<String> command) throws IOException, InterruptedException {
        this.command = command;
        // Of ours, this builds the command line if there is no build of these sources.
        run();
    }

    /** In milliseconds for each. */
    @Override
    public Turn measure() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        for (int i = 0; i < STARTS; i++) {
            run();
        }
        return Turn.of((System.nanoTime() - begun) / 1e6 / STARTS);
    }

    private void run() throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD);
        int code = Ending.await(Ending.start(builder), RUN_SECONDS);
        if (code != 0) {
            throw new IOException(command + " ended with " + code);
        }
    }
}
