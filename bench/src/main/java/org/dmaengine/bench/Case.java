package org.dmaengine.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One question: how good is ours, beside each peer that does the same work?
 *
 * @param suite the name of its suite
 * @param name unique in the suite
 * @param unit of the figure
 * @param better which figures are good ones
 * @param ours ours
 * @param peers those to compare with; may be none
 * @param targets what is to be reached
 * @param point its place on a curve
 * @param kernelWorks whether threads of the kernel do a part of the work, as they do for files:
 *     then they do not count as others who make the machine busy
 */
public record Case(
        String suite,
        String name,
        String unit,
        Better better,
        Entry ours,
        List<Entry> peers,
        List<Target> targets,
        Optional<Point> point,
        boolean kernelWorks) {

    /** Copies the lists. */
    public Case {
        peers = List.copyOf(peers);
        targets = List.copyOf(targets);
    }

    /** A case without peers and targets. */
    public static Case of(String suite, String name, String unit, Better better, Entry ours) {
        return new Case(
                suite, name, unit, better, ours, List.of(), List.of(), Optional.empty(), false);
    }

    /** With these peers after those there are. */
    public Case beside(Entry... more) {
        List<Entry> all = join(peers, List.of(more));
        return new Case(suite, name, unit, better, ours, all, targets, point, kernelWorks);
    }

    /** With these targets after those there are. */
    public Case aimingAt(Target... more) {
        List<Target> all = join(targets, List.of(more));
        return new Case(suite, name, unit, better, ours, peers, all, point, kernelWorks);
    }

    /** As a point of a curve. */
    public Case at(Point there) {
        return new Case(
                suite, name, unit, better, ours, peers, targets, Optional.of(there), kernelWorks);
    }

    /** With work for threads of the kernel. */
    public Case withKernelWork() {
        return new Case(suite, name, unit, better, ours, peers, targets, point, true);
    }

    private static <T> List<T> join(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
