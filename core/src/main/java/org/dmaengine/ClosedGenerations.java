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

    void add(Generation generation) {
        generations.add(generation);
        keepBound();
    }

    /** Drops the oldest evidence, where there is too much. */
    void keepBound() {
        while (kept > EVIDENCE_MAX && generations.size() > 1 && generations.getFirst().isQuiet()) {
            Generation dropped = generations.removeFirst();
            kept -= dropped.evidence.size();
            omitted += dropped.evidence.size();
            owe(generations.getFirst(), dropped);
        }
    }

    /** One of which there is nothing to tell, behind others. */
    void addDebt(Generation generation) {
        owe(generations.getLast(), generation);
    }

    /** The last touch of one that is not kept is still to be proved by the engine. */
    private static void owe(Generation kept, Generation dropped) {
        kept.reachedEngine |= dropped.reachedEngine;
        kept.unproved |= dropped.unproved;
    }

    /** Something of a closed generation is over; the generation may still be about to be added. */
    void addEvidence(Generation generation, Receipt.Entry entry) {
        generation.evidence.add(entry);
        kept++;
    }

    boolean isEmpty() {
        return generations.isEmpty();
    }

    List<Generation> snapshot() {
        return List.copyOf(generations);
    }

    /** What the engine's abort threw belongs to all that are still waited for (C7). */
    void abortFailed(Throwable thrown) {
        for (Generation each : generations) {
            if (!each.isQuiet()) {
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
