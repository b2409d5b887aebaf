package org.dmaengine.bench;

import org.dmaengine.bench.PeerResult.Skipped;
import org.dmaengine.bench.Quiet.Watched;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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
        List<Skipped> skipped = new ArrayList<>();
        List<Seat> opened = new ArrayList<>();
        CaseResult result;
        try {
            Seat ours = Seat.open(subject.ours(), site);
            opened.add(ours);
            List<Seat> peers = new ArrayList<>();
            for (Entry entry : subject.peers()) {
                try {
                    Seat peer = Seat.open(entry, site);
                    opened.add(peer);
                    peer.warmUp();
                    peers.add(peer);
                } catch (Skip skip) {
                    skipped.add(new Skipped(entry.name(), skip.reason()));
                }
            }
            result = measure(subject, ours, peers, skipped);
        } catch (Skip | Quiet.Disturbed unfit) {
            result = new CaseResult.NotMeasured(subject, String.valueOf(unfit.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            result = new CaseResult.NotMeasured(subject, "interrupted");
        } catch (Exception wrong) {
            result = new CaseResult.Failed(subject, wrong.toString());
        }
        return close(opened, result);
    }

    private CaseResult measure(Case subject, Seat ours, List<Seat> peers, List<Skipped> skipped)
            throws Exception {
        for (int i = 0; i < warmUps; i++) {
            ours.warmUp();
            for (Seat peer : peers) {
                peer.warmUp();
            }
        }
        Quiet.Watch watch = quiet.watch(subject.kernelWorks());
        for (int round = 0; round < rounds; round++) {
            round(subject.better(), watch, ours, round % 2 == 0 ? peers : peers.reversed());
        }
        List<PeerResult> results = new ArrayList<>();
        peers.forEach(peer -> results.add(peer.result()));
        results.addAll(skipped);
        return new CaseResult.Measured(
                subject, ours.figures(), ours.latencies(), results, watch.notes());
    }

    private static void round(Better better, Quiet.Watch watch, Seat ours, List<Seat> peers)
            throws Exception {
        Watched before = ours.turn(watch);
        for (Seat peer : peers) {
            before = compare(better, watch, ours, before, peer);
        }
    }

    /** The turn of a peer, and the next one of ours. */
    private static Watched compare(
            Better better, Quiet.Watch watch, Seat ours, Watched first, Seat peer)
            throws Exception {
        Watched before = first;
        for (int repeats = 1; ; repeats++) {
            Watched theirs = peer.turn(watch);
            Watched after = ours.turn(watch);
            if (watch.areComparable(repeats, theirs, before, after)) {
                double mean = (before.turn().figure() + after.turn().figure()) / 2;
                peer.compare(better.ratio(mean, theirs.turn().figure()));
                return after;
            }
            before = after;
        }
    }

    /** Closes all, the last one first; what goes wrong with that fails the case. */
    private static CaseResult close(List<Seat> opened, CaseResult result) {
        CaseResult verdict = result;
        for (Seat each : opened.reversed()) {
            try {
                each.close();
            } catch (IOException | RuntimeException wrong) {
                verdict = new CaseResult.Failed(result.subject(), "at its end: " + wrong);
            }
        }
        return verdict;
    }
}
