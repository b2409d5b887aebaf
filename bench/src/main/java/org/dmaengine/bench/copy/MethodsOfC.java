package org.dmaengine.bench.copy;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.FreeMemory;
import org.dmaengine.bench.PeerProcess;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The ways in which C copies, memory.c of bench/peers: contestants of their own, but of one process
 * and in the same memory, of which there would not be enough for all.
 */
final class MethodsOfC {
    /** As memory.c calls them, and the report. */
    static final List<String> METHODS = List.of("memcpy", "movsb", "stream");

    private final Blocks blocks;
    // While one of them is open.
    private @Nullable PeerProcess process;
    private int open;

    MethodsOfC(Blocks blocks) {
        this.blocks = blocks;
    }

    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (String method : METHODS) {
            entries.add(new Entry(method + " in C", site -> open(method, site)));
        }
        return entries;
    }

    private Contestant open(String method, Site site) throws Skip, IOException {
        if (!method.equals("memcpy") && !System.getProperty("os.arch").equals("amd64")) {
            throw new Skip("written for x86-64");
        }
        PeerProcess shared = process;
        if (shared == null) {
            FreeMemory.require(2 * blocks.poolBytes() * blocks.workers());
            // One worker has the core that ours has; two have one each.
            String second = Integer.toString(site.cores().second());
            String other = Integer.toString(site.cores().first());
            String pool = Long.toString(blocks.poolBytes());
            shared = PeerProcess.ofSource(site, "memory.c", pool, second, other);
            process = shared;
        }
        open++;
        return new Method(blocks.parameters(method), shared);
    }

    private final class Method implements Contestant {
        private final String parameters;
        private final PeerProcess shared;

        Method(String parameters, PeerProcess shared) {
            this.parameters = parameters;
            this.shared = shared;
        }

        @Override
        public Turn measure() throws Skip, IOException {
            return Turn.of(shared.measure(parameters));
        }

        @Override
        public void close() throws IOException {
            if (--open == 0) {
                process = null;
                shared.close();
            }
        }
    }
}
