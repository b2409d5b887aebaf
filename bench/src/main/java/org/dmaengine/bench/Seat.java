package org.dmaengine.bench;

import org.HdrHistogram.Histogram;
import org.dmaengine.bench.Quiet.Watched;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A contestant in its case, with what its turns have measured so far. */
final class Seat implements AutoCloseable {
    private final String name;
    private final Contestant contestant;
    private final Cores cores;
    private final List<Double> figures = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();
    private final Histogram latencies = new Histogram(3);
    private boolean hasLatencies;

    private Seat(String name, Contestant contestant, Cores cores) {
        this.name = name;
        this.contestant = contestant;
        this.cores = cores;
    }

    static Seat open(Entry entry, Site site) throws Exception {
        Ending.requireNotBegun();
        return new Seat(entry.name(), entry.opening().open(site), site.cores());
    }

    /** A turn that does not count. */
    void warmUp() throws Exception {
        measure();
    }

    /** A turn that counts, for which the machine was quiet. */
    Watched turn(Quiet.Watch watch) throws Exception {
        Watched watched = watch.turn(this::measure);
        figures.add(watched.turn().figure());
        watched.turn().latencies().ifPresent(latencies::add);
        hasLatencies |= watched.turn().latencies().isPresent();
        return watched;
    }

    private Turn measure() throws Exception {
        Ending.requireNotBegun();
        Cores.pinSelf(cores.first());
        try {
            return contestant.measure();
        } finally {
            cores.freeSelf();
        }
    }

    void compare(double ratio) {
        ratios.add(ratio);
    }

    Series figures() {
        return new Series(figures);
    }

    Optional<Histogram> latencies() {
        return hasLatencies ? Optional.of(latencies) : Optional.empty();
    }

    PeerResult result() {
        return new PeerResult.Measured(name, figures(), new Series(ratios), latencies());
    }

    @Override
    public void close() throws IOException {
        contestant.close();
    }
}
