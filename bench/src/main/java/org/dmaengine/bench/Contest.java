package org.dmaengine.bench;

import org.dmaengine.bench.Quiet.Watched;

import java.util.List;
import java.util.Optional;

/**
 * Runs one case. In each round every peer has a turn, and ours one before and one after it, so that
 * a ratio is of neighbours in time; in every other round the peers come in reverse order.
 */
final class Contest {
    private final Site site;
    private final Quiet quiet;
    private final int warmUps;
    private final int rounds;

    Contest(Site site, Quiet quiet, int warmUps, int rounds) {
        this.site = site;
        this.quiet = quiet;
        this.warmUps = warmUps;
        this.rounds = rounds;
    }

    CaseResult run(Case subject) {
        List<Peer> peers = subject.peers().stream().map(Peer::new).toList();
        try {
            return measure(subject, peers);
        } catch (Skip | Quiet.Disturbed unfit) {
            return new CaseResult.NotMeasured(subject, String.valueOf(unfit.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new CaseResult.NotMeasured(subject, "interrupted");
        } catch (Throwable wrong) {
            // Such as memory that one case is too large for: the others may go on.
            return new CaseResult.Failed(subject, wrong.toString());
        }
    }

    /** Closes all, the last one first; what goes wrong with ours then fails the case. */
    private CaseResult measure(Case subject, List<Peer> peers) throws Exception {
        Seat ours = Seat.open(subject.ours(), site);
        List<String> notes;
        try (ours) {
            try {
                for (Peer peer : peers) {
                    peer.open(site);
                }
                notes = measure(subject.better(), subject.kernelWorks(), ours, peers);
            } finally {
                peers.reversed().forEach(Peer::close);
            }
        }
        return new CaseResult.Measured(
                subject,
                ours.figures(),
                ours.latencies(),
                peers.stream().map(Peer::result).toList(),
                notes);
    }

    /** What the reader has to know about the circumstances. */
    private List<String> measure(Better better, boolean kernelWorks, Seat ours, List<Peer> peers)
            throws Exception {
        for (int i = 0; i < warmUps; i++) {
            ours.warmUp();
            for (Peer peer : peers) {
                if (peer.takesPart()) {
                    peer.warmUp();
                }
            }
        }
        Quiet.Watch watch = quiet.watch(kernelWorks);
        for (int round = 0; round < rounds; round++) {
            round(better, watch, ours, round % 2 == 0 ? peers : peers.reversed());
        }
        return watch.notes();
    }

    private static void round(Better better, Quiet.Watch watch, Seat ours, List<Peer> peers)
            throws Exception {
        Watched before = ours.turn(watch);
        for (Peer peer : peers) {
            if (peer.takesPart()) {
                before = compare(better, watch, ours, before, peer);
            }
        }
    }

    /** The turn of a peer, and the next one of ours. */
    private static Watched compare(
            Better better, Quiet.Watch watch, Seat ours, Watched first, Peer peer)
            throws Exception {
        Watched before = first;
        for (int repeats = 1; ; repeats++) {
            Optional<Watched> theirs = peer.turn(watch);
            Watched after = ours.turn(watch);
            if (theirs.isEmpty()) {
                return after;
            }
            if (watch.areComparable(repeats, theirs.get(), before, after)) {
                double mean = (before.turn().figure() + after.turn().figure()) / 2;
                peer.compare(better.ratio(mean, theirs.get().turn().figure()));
                return after;
            }
            before = after;
        }
    }
}
