package org.dmaengine.bench.file;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.PeerProcess;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.nio.file.Path;

/** A ring of the kernel without anything around it: ring.c of bench/peers. */
final class BareRing implements Contestant {
    private final PeerProcess process;
    private final String parameters;

    BareRing(Site site, Path file, Access access, Metric metric) throws IOException, Skip {
        process =
                PeerProcess.ofSource(
                        site,
                        "ring.c",
                        file.toString(),
                        access.writing() ? "write" : "read",
                        Integer.toString(access.blockBytes()),
                        Integer.toString(access.depth()),
                        access.random() ? "random" : "sequential",
                        access.direct() ? "direct" : "cached",
                        // Where many cores are allowed, it goes where it likes.
                        Integer.toString(access.direct() ? -1 : site.cores().first()));
        parameters = Metric.SECONDS + (metric == Metric.SPEED ? " speed" : " processor");
    }

    @Override
    public Turn measure() throws IOException, Skip {
        return Turn.of(process.measure(parameters));
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
