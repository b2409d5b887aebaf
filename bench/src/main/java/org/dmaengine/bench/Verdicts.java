package org.dmaengine.bench;

import org.HdrHistogram.Histogram;
import org.dmaengine.bench.Row.Verdict;

import java.util.ArrayList;
import java.util.List;

/** Holds results against their targets. */
final class Verdicts {
    private Verdicts() {}

    /** Targets of the case itself. */
    static List<Verdict> own(CaseResult.Measured result) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Target target : result.subject().targets()) {
            switch (target) {
                case Target.Figure(double max) ->
                        verdicts.add(
                                new Verdict(
                                        "at most "
                                                + Figures.text(max)
                                                + " "
                                                + result.subject().unit(),
                                        result.figures().median() <= max));
                case Target.Latency latency ->
                        verdicts.add(ofLatency(latency, result.latencies().orElseThrow()));
                case Target.Ratio _ -> {}
            }
        }
        return verdicts;
    }

    private static Verdict ofLatency(Target.Latency target, Histogram latencies) {
        long nanos = latencies.getValueAtPercentile(target.percentile());
        return new Verdict(
                Figures.percentileName(target.percentile())
                        + " at most "
                        + Figures.text(target.nanosMax() / 1e3)
                        + " µs",
                nanos <= target.nanosMax());
    }

    /** Targets that name this peer. */
    static List<Verdict> beside(Case subject, PeerResult.Measured peer) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Target target : subject.targets()) {
            if (target instanceof Target.Ratio(String name, double min)
                    && name.equals(peer.name())) {
                verdicts.add(
                        new Verdict(
                                "ratio at least " + Figures.text(min),
                                peer.ratios().median() >= min));
            }
        }
        return verdicts;
    }
}
