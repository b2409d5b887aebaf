package org.dmaengine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The generations that were closed and that no synchronize has collected yet, oldest first.
 *
 * <p>Guarded by the channel's lock. Bounded (P10): where terminations go by without a synchronize,
 * the oldest evidence of quiet generations is dropped, and counted.
 */
final class ClosedGenerations {
    static final int EVIDENCE_MAX = 1 << 16;

    private final List<Generation> generations = new ArrayList<>();
    // Entries in all of them.
    private int kept;
    private long omitted;
    // The number of the abort that is told next, or being told.
    private int abort = 1;

    void add(Generation generation) {
        generations.add(generation);
    }

    /**
     * The newest, of which there is nothing to tell; but where it is the only one, somebody waits
     * for it.
     */
    void forgetNewestIfNotAlone() {
        if (generations.size() > 1) {
            generations.removeLast();
        }
    }

    /** Drops the oldest evidence, where there is too much. */
    void keepBound() {
        while (kept > EVIDENCE_MAX && generations.size() > 1 && generations.getFirst().isQuiet()) {
            Generation dropped = generations.removeFirst();
            kept -= dropped.evidence.size();
            omitted += dropped.evidence.size();
            Generation next = generations.getFirst();
            next.abortError = next.abortError != null ? next.abortError : dropped.abortError;
        }
    }

    /** Something of a closed generation is over. */
    void addEvidence(Generation generation, Receipt.Entry entry) {
        generation.evidence.add(entry);
        kept++;
    }

    /** There was no memory for an entry. */
    void omit() {
        omitted++;
    }

    boolean isEmpty() {
        return generations.isEmpty();
    }

    List<Generation> snapshot() {
        return List.copyOf(generations);
    }

    /** And one more, which may be among them, or gone. */
    List<Generation> snapshot(@Nullable Generation another) {
        if (another == null || generations.contains(another)) {
            return snapshot();
        }
        List<Generation> all = new ArrayList<>(generations);
        all.add(another);
        return all;
    }

    /** The engine is about to be told to abort what is left of this one. */
    void awaitAbort(Generation generation) {
        generation.abortedBy = abort;
    }

    /** It was told all that it was to be told so far; the next abort is another one. */
    void aborted() {
        abort++;
    }

    /**
     * What the engine's abort threw belongs to those that it was told for, quiet by now or not, and
     * to all that are still waited for (C7).
     */
    void abortFailed(Throwable thrown) {
        for (Generation each : generations) {
            if (each.abortedBy == abort || !each.isQuiet()) {
                each.abortError = thrown;
            }
        }
    }

    /** The evidence of some of them (C9), as far as there is any. */
    Receipt receipt(String channel, List<Generation> targets) {
        List<Receipt.Entry> entries = new ArrayList<>();
        @Nullable Throwable abortError = null;
        for (Generation each : targets) {
            entries.addAll(each.evidence);
            abortError = each.abortError != null ? each.abortError : abortError;
        }
        return new Receipt(
                channel, entries, targets.isEmpty() ? 0 : omitted, Optional.ofNullable(abortError));
    }

    /** A synchronize returned their receipt. */
    void collected(List<Generation> targets) {
        if (targets.isEmpty()) {
            return;
        }
        Set<Generation> over = new HashSet<>(targets);
        generations.removeIf(over::contains);
        kept = generations.stream().mapToInt(each -> each.evidence.size()).sum();
        omitted = 0;
    }
}
