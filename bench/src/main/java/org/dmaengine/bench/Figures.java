package org.dmaengine.bench;

import java.util.Locale;

/** How numbers are written: three digits that count, and no more than that. */
final class Figures {
    private Figures() {}

    static String text(double figure) {
        double size = Math.abs(figure);
        if (figure == Math.rint(figure) && size < 1000) {
            return String.format(Locale.ROOT, "%.0f", figure);
        }
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", figure);
    }

    static String percentileName(double percentile) {
        return percentile == 100 ? "longest" : "P" + text(percentile);
    }
}
