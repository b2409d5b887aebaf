package org.dmaengine;

import java.util.Arrays;

/**
 * The cookies of a channel that did not simply complete, so that {@code status} can answer for ever
 * without keeping every transfer: what is not listed here and has ended was COMPLETE, in full.
 *
 * <p>Guarded by the channel's lock. Bounded (P10): beyond {@link #KEPT_MAX} the oldest are
 * forgotten, and everything up to them is unknown from then on, never complete (C2).
 */
final class OutcomeHistory {
    static final int KEPT_MAX = 1 << 16;

    // Most channels never need any.
    private static final long[] NO_NUMBERS = {};
    private static final Outcome[] NO_OUTCOMES = {};

    // Sorted by cookie; the first `size` are used. Ends come almost in order, so that inserting is
    // mostly appending.
    private long[] cookies = NO_NUMBERS;
    private Outcome[] outcomes = NO_OUTCOMES;
    private long[] residues = NO_NUMBERS;
    private int size;
    private long forgottenUpTo;

    void add(long cookie, Outcome outcome, long residueBytes) {
        if (size == KEPT_MAX) {
            forgetOldestHalf();
        }
        if (size == cookies.length) {
            grow();
        }
        int at = size;
        while (at > 0 && cookies[at - 1] > cookie) {
            at--;
        }
        System.arraycopy(cookies, at, cookies, at + 1, size - at);
        System.arraycopy(outcomes, at, outcomes, at + 1, size - at);
        System.arraycopy(residues, at, residues, at + 1, size - at);
        cookies[at] = cookie;
        outcomes[at] = outcome;
        residues[at] = residueBytes;
        size++;
    }

    TransferState state(long cookie) {
        if (cookie <= forgottenUpTo) {
            return TransferState.UNKNOWN;
        }
        int at = find(cookie);
        return at < 0 ? TransferState.COMPLETE : TransferState.of(outcomes[at]);
    }

    long residueBytes(long cookie) {
        int at = find(cookie);
        return at < 0 ? 0 : residues[at];
    }

    private int find(long cookie) {
        return Arrays.binarySearch(cookies, 0, size, cookie);
    }

    private void grow() {
        int length = Math.min(KEPT_MAX, Math.max(16, cookies.length * 2));
        long[] moreCookies = Arrays.copyOf(cookies, length);
        Outcome[] moreOutcomes = Arrays.copyOf(outcomes, length);
        long[] moreResidues = Arrays.copyOf(residues, length);
        // All or none: there may be no memory for one of them.
        cookies = moreCookies;
        outcomes = moreOutcomes;
        residues = moreResidues;
    }

    private void forgetOldestHalf() {
        int half = size / 2;
        // Not back: what ended late may have a cookie from before what was forgotten last.
        forgottenUpTo = Math.max(forgottenUpTo, cookies[half - 1]);
        System.arraycopy(cookies, half, cookies, 0, size - half);
        System.arraycopy(outcomes, half, outcomes, 0, size - half);
        System.arraycopy(residues, half, residues, 0, size - half);
        size -= half;
    }
}
