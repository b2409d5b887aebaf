package org.dmaengine.bench;

import java.io.IOException;

/** A contestant whose turns may use both cores. */
final class OnBothCores implements Contestant {
    private final Contestant contestant;
    private final Cores cores;

    OnBothCores(Contestant contestant, Cores cores) {
        this.contestant = contestant;
        this.cores = cores;
    }

    @Override
    public Turn measure() throws Exception {
        cores.freeSelf();
        return contestant.measure();
    }

    @Override
    public void close() throws IOException {
        contestant.close();
    }
}
