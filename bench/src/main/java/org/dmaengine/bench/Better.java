package org.dmaengine.bench;

/** Which of two figures is the better one. */
public enum Better {
    SMALLER,
    LARGER;

    /** How many times ours is as good as theirs; above 1 ours is better. */
    double ratio(double ours, double theirs) {
        return this == SMALLER ? theirs / ours : ours / theirs;
    }
}
