package org.dmaengine.bench;

/** Which of two figures is the better one. */
public enum Better {
    SMALLER,
    LARGER;

    /** How many times ours is as good as theirs; above 1 ours is better. Infinite by 0. */
    double ratio(double ours, double theirs) {
        if (ours == theirs) {
            return 1; // Also of nothing beside nothing.
        }
        return this == SMALLER ? theirs / ours : ours / theirs;
    }
}
