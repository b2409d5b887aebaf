package org.dmaengine.bench;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A contestant in its case, with what its turns have measured so far. */
final class Seat implements AutoCloseable {
    private final String name;
    private final Contestant contestant;
    private final List<Double> figures = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();
    private final Histogram latencies = new Histogram(3);
    private boolean hasLatencies;

    private Seat(String name, Contestant contestant) {
        this.name = name;
        this.contestant = contestant;
    }

    static Seat open(Entry entry, Site site) throws Exception {
        return new Seat(entry.name(), entry.opening().open(site));
    }

    /** A turn that does not count. */
    void warmUp() throws Exception {
        contestant.measure();
    }

    /** A turn that counts, for which the machine was quiet. */
    double turn(Quiet.Watch watch) throws Exception {
        Turn turn = watch.turn(contestant::measure);
        figures.add(turn.figure());
        turn.latencies().ifPresent(latencies::add);
        hasLatencies |= turn.latencies().isPresent();
        return turn.figure();
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
