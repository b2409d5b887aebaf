package org.dmaengine;

import java.util.Locale;

/** The short form belongs to every build; the long one is asked for: {@code -Pstress-long}. */
enum Form {
    SHORT,
    LONG;

    static Form current() {
        return valueOf(System.getProperty("stress.form", "short").toUpperCase(Locale.ROOT));
    }

    boolean isLong() {
        return this == LONG;
    }
}
