package org.dmaengine.bench;

import java.io.IOException;
import java.nio.file.Path;

/** Where contestants are opened by tests: on whatever core there is. */
public final class BenchSite {
    private BenchSite() {}

    /** With this folder for what is built and written. */
    public static Site at(Path work) throws IOException {
        int core = Cores.allowed().getFirst();
        return new Site(new Cores(core, core), Path.of("peers"), work);
    }
}
