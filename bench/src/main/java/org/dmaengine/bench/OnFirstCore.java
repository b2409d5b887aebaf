package org.dmaengine.bench;

import java.io.IOException;

/** A contestant whose turns, but the first, are called from the first core. */
final class OnFirstCore implements Contestant {
    private final Contestant contestant;
    private final Cores cores;
    private boolean warm;

    OnFirstCore(Contestant contestant, Cores cores) {
        this.contestant = contestant;
        this.cores = cores;
    }

    @Override
    public Turn measure() throws Exception {
        if (!warm) {
            warm = true;
            return contestant.measure();
        }
        Cores.pinSelf(cores.first());
        try {
            return contestant.measure();
        } finally {
            cores.freeSelf();
        }
    }

    @Override
    public void close() throws IOException {
        contestant.close();
    }
}
