package org.dmaengine.bench;

import org.HdrHistogram.Histogram;

import java.util.Locale;

/** How numbers are written: three digits that count, and no more than that. */
final class Figures {
    private Figures() {}

    static String text(double figure) {
        if (Double.isInfinite(figure)) {
            return figure > 0 ? "∞" : "-∞";
        }
        double size = Math.abs(figure);
        if (figure == Math.rint(figure) && size < 1000) {
            return String.format(Locale.ROOT, "%.0f", figure);
        }
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", figure);
    }

    /** The median of ratios, with the smallest and the largest. */
    static String ratio(Series ratios) {
        return "%s (%s to %s)"
                .formatted(text(ratios.median()), text(ratios.min()), text(ratios.max()));
    }

    /** The three that people look at first. */
    static String latencies(Histogram nanos) {
        return "P50 %s, P99 %s, longest %s µs"
                .formatted(
                        micros(nanos.getValueAtPercentile(50)),
                        micros(nanos.getValueAtPercentile(99)),
                        micros(nanos.getMaxValue()));
    }

    private static String micros(long nanos) {
        return text(nanos / 1e3);
    }

    static String percentileName(double percentile) {
        return percentile == 100 ? "longest" : "P" + text(percentile);
    }
}
