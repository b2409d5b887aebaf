package org.dmaengine.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Figures of several turns of one contestant.
 *
 * @param figures in the order of the turns; at least one
 */
record Series(List<Double> figures) {
    Series {
        figures = List.copyOf(figures);
        if (figures.isEmpty()) {
            throw new IllegalArgumentException("a series without a figure says nothing");
        }
    }

    static Series of(double... figures) {
        return new Series(Arrays.stream(figures).boxed().toList());
    }

    double min() {
        return sorted()[0];
    }

    double max() {
        return sorted()[figures.size() - 1];
    }

    double median() {
        double[] sorted = sorted();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** How far smallest and largest are apart, as a part of the median; of 0 there is no part. */
    Optional<Double> spread() {
        double spread = max() == min() ? 0 : (max() - min()) / Math.abs(median());
        return Double.isFinite(spread) ? Optional.of(spread) : Optional.empty();
    }

    private double[] sorted() {
        return figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }
}
