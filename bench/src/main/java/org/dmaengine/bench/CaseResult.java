package org.dmaengine.bench;

import org.HdrHistogram.Histogram;

import java.util.List;
import java.util.Optional;

/** What became of a case. */
sealed interface CaseResult {
    Case subject();

    /**
     * It was measured.
     *
     * @param subject the case
     * @param figures of all our turns
     * @param latencies of all our turns
     * @param peers in the order of the case
     * @param notes what the reader has to know about the circumstances
     */
    record Measured(
            Case subject,
            Series figures,
            Optional<Histogram> latencies,
            List<PeerResult> peers,
            List<String> notes)
            implements CaseResult {}

    /** The machine was not fit for it, so there is no figure. */
    record NotMeasured(Case subject, String reason) implements CaseResult {}

    /** The work went wrong. */
    record Failed(Case subject, String reason) implements CaseResult {}
}
