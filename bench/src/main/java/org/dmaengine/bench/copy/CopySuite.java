package org.dmaengine.bench.copy;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Cores;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.FreeMemory;
import org.dmaengine.bench.Point;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Suite;
import org.dmaengine.bench.Target;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Large copies: which method is the best depends on size and temperature, and ours has to know. */
public final class CopySuite implements Suite {
    private static final long[] SIZES = {
        64L << 10, 256L << 10, 1L << 20, 4L << 20, 16L << 20, 64L << 20, 256L << 20, 1L << 30
    };

    /** A larger block is no longer in cache when it is copied again: cold is then the same. */
    private static final long COLD_BYTES_MAX = 64L << 20;

    /** Of the best method of C, whichever it is. */
    private static final double RATIO_MIN = 0.95;

    @Override
    public String name() {
        return "copy";
    }

    @Override
    public String summary() {
        return "copies of 64 KiB to 1 GiB, hot and cold, beside three methods of C";
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int workers : new int[] {1, 2}) {
            for (boolean cold : new boolean[] {false, true}) {
                for (long bytes : SIZES) {
                    if (!cold || bytes <= COLD_BYTES_MAX) {
                        cases.add(caseOf(new Blocks(bytes, cold, workers)));
                    }
                }
            }
        }
        return cases;
    }

    private Case caseOf(Blocks blocks) {
        List<Entry> peers = new MethodsOfC(blocks).entries();
        return Case.of(
                        name(),
                        blocks.size() + " " + blocks.kind(),
                        "GB/s",
                        Better.LARGER,
                        new Entry("engine cpu", site -> open(blocks, site)))
                .beside(peers.toArray(Entry[]::new))
                .aimingAt(
                        peers.stream()
                                .map(peer -> new Target.Ratio(peer.name(), RATIO_MIN))
                                .toArray(Target[]::new))
                .at(new Point(blocks.kind(), "bytes", blocks.bytes()));
    }

    private static Contestant open(Blocks blocks, Site site) throws Skip, IOException {
        FreeMemory.require(2 * blocks.poolBytes() * blocks.workers());
        EngineCopies copies = new EngineCopies(blocks);
        // Starts the workers, too, on a thread that is free to go where it likes, and so are they.
        copies.measure();
        if (blocks.workers() == 1) {
            Cores.pinThreads("dma-cpu-worker-", site.cores().second());
        }
        return copies;
    }
}
