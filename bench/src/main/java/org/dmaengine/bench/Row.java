package org.dmaengine.bench;

import org.HdrHistogram.Histogram;
import org.dmaengine.bench.PeerResult.Measured;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A line of the report: a case and one peer, or a case alone. What was not measured has no figures
 * but a note.
 *
 * @param subject the case
 * @param ours our turns
 * @param latencies of all our turns
 * @param peer its turns
 * @param peerName empty if there is none
 * @param ratio above 1 ours is better
 * @param note what the reader has to know; empty if nothing
 * @param targets those of this peer, or without one those of the case itself, and whether they were
 *     reached
 */
record Row(
        Case subject,
        Optional<Series> ours,
        Optional<Histogram> latencies,
        Optional<Measured> peer,
        String peerName,
        Optional<Series> ratio,
        String note,
        List<Verdict> targets) {

    /**
     * @param text the target in words
     * @param reached whether it was
     */
    record Verdict(String text, boolean reached) {}

    static List<Row> of(CaseResult result) {
        return switch (result) {
            case CaseResult.Measured measured -> of(measured);
            case CaseResult.NotMeasured(Case subject, String reason) ->
                    List.of(without(subject, "not measured: because " + reason));
            case CaseResult.Failed(Case subject, String reason) ->
                    List.of(without(subject, "failed: " + reason));
        };
    }

    private static Row without(Case subject, String note) {
        return new Row(
                subject,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "",
                Optional.empty(),
                note,
                List.of());
    }

    private static List<Row> of(CaseResult.Measured result) {
        String notes = String.join("; ", result.notes());
        List<Row> rows = new ArrayList<>();
        List<Verdict> own = Verdicts.own(result);
        if (result.peers().isEmpty() || !own.isEmpty()) {
            rows.add(row(result, null, "", notes, own));
        }
        for (PeerResult peer : result.peers()) {
            rows.add(
                    switch (peer) {
                        case Measured measured ->
                                row(
                                        result,
                                        measured,
                                        measured.name(),
                                        notes,
                                        Verdicts.beside(result.subject(), measured));
                        case PeerResult.Skipped(String name, String reason) ->
                                row(result, null, name, "peer skipped: " + reason, List.of());
                        case PeerResult.Failed(String name, String reason) ->
                                row(result, null, name, "peer failed: " + reason, List.of());
                    });
        }
        return rows;
    }

    private static Row row(
            CaseResult.Measured result,
            @Nullable Measured peer,
            String peerName,
            String note,
            List<Verdict> targets) {
        Optional<Measured> there = Optional.ofNullable(peer);
        return new Row(
                result.subject(),
                Optional.of(result.figures()),
                result.latencies(),
                there,
                peerName,
                there.map(Measured::ratios),
                note,
                targets);
    }
}
