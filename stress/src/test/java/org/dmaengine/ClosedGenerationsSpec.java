package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Validate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Evidence of closed generations while two threads synchronize: each collects in two steps, with
 * the lock let go in between, and no entry may be lost by that (C9).
 */
public final class ClosedGenerationsSpec {
    private final Object lock = new Object();
    private final ClosedGenerations closed = new ClosedGenerations();

    // Guarded by lock.
    private final List<Receipt> receipts = new ArrayList<>();
    private long number;

    /** A generation with one entry, whose cookie is its number. */
    public void close() {
        synchronized (lock) {
            Generation generation = new Generation();
            generation.closed = true;
            closed.addEvidence(generation, entry(++number));
            closed.add(generation);
        }
    }

    /** As {@code Quiescing.quiesce}: looks what is there, waits, takes that away. */
    public void collect() {
        List<Generation> targets;
        synchronized (lock) {
            targets = closed.snapshot();
        }
        synchronized (lock) {
            receipts.add(closed.receipt("spec", targets));
            closed.collected(targets);
        }
    }

    @Validate
    public void validate() {
        collect();
        ChannelSpec.require(closed.isEmpty(), "something was not collected");
        for (long cookie = 1; cookie <= number; cookie++) {
            ChannelSpec.require(isTold(cookie), "an entry is in no receipt (C9)");
        }
        for (Receipt each : receipts) {
            long distinct = each.entries().stream().distinct().count();
            ChannelSpec.require(distinct == each.entries().size(), "an entry is told twice");
            ChannelSpec.require(each.omitted() == 0, "entries were omitted");
        }
    }

    private boolean isTold(long cookie) {
        return receipts.stream().map(each -> each.entry(cookie)).anyMatch(Optional::isPresent);
    }

    private static Receipt.Entry entry(long cookie) {
        return new Receipt.Entry(
                cookie, OperationKind.INTERRUPT, Outcome.ABORTED, 0, 0, false, Proof.WORKER_IDLE);
    }
}
