package org.dmaengine.testkit;

import org.dmaengine.Fault;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The faults that the core has reported, and those that the scenario expects. */
final class ScenarioFaults {
    private final List<Fault> reported = new CopyOnWriteArrayList<>();
    private final Set<Fault.Kind> expected = EnumSet.noneOf(Fault.Kind.class);

    // Volatile: set by the scenario, called by any thread that reports.
    private volatile Consumer<Fault> listener = fault -> {};

    /** The engine's listener. */
    void heard(Fault fault) {
        reported.add(fault);
        listener.accept(fault);
    }

    void onFault(Consumer<Fault> newListener) {
        listener = newListener;
    }

    /** How many of this kind were reported. */
    long count(Fault.Kind kind) {
        return reported.stream().filter(fault -> fault.kind() == kind).count();
    }

    /** The scenario provokes these. */
    void expect(Fault.Kind... kinds) {
        expected.addAll(List.of(kinds));
    }

    void requireNoneUnexpected() {
        for (Fault fault : reported) {
            if (!expected.contains(fault.kind())) {
                AssertionError error =
                        new AssertionError("fault " + fault.kind() + ": " + fault.message());
                fault.cause().ifPresent(error::initCause);
                throw error;
            }
        }
    }
}
