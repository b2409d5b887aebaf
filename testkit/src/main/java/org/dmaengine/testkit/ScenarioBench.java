package org.dmaengine.testkit;

import org.dmaengine.engine.sim.Choices;
import org.dmaengine.engine.sim.SimDevice;
import org.dmaengine.engine.sim.Simulation;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * What one round of a scenario works with: an engine, memory, parties, and one clock. On the
 * simulated controller the clock is virtual, and the model of the hardware and its faults are what
 * the scenario says; on other engines time is real. A scenario is written once for both: whoever
 * waits, waits on this bench.
 *
 * <p>Its close ends everything, and fails if a fault was reported that the scenario did not expect,
 * if memory was written after it was free, or if anything is kept.
 */
public final class ScenarioBench implements AutoCloseable {
    private static final long STEPS_MAX = 50_000_000;

    final ScenarioClock clock;
    final Parties parties;
    final ScenarioFaults faults = new ScenarioFaults();
    final ScenarioEngine engine;
    final ScenarioChannels channels;
    final ScenarioMemory memory;
    final ScenarioTransfers transfers;

    private final ScenarioSubject subject;
    private final Choices choices;
    private final @Nullable Simulation simulation;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private boolean passed;

    ScenarioBench(ScenarioSubject subject, long seed) {
        this.subject = subject;
        this.choices = Choices.of(seed);
        this.simulation = subject.provider().isPresent() ? null : new Simulation(Choices.of(~seed));
        Scheduler scheduler = simulation == null ? Scheduler.system() : simulation;
        if (simulation != null) {
            simulation.stepsMax(STEPS_MAX);
        }
        this.clock = new ScenarioClock(scheduler, subject.deadline(), choices);
        this.parties = new Parties(clock);
        this.engine =
                new ScenarioEngine(subject, ScenarioEngine.drawn(seed, choices), scheduler, faults);
        this.channels = new ScenarioChannels(engine);
        this.memory = new ScenarioMemory(clock);
        this.transfers = new ScenarioTransfers(clock, parties, memory);
    }

    boolean isSimulated() {
        return simulation != null;
    }

    /** The scenario is played for its own sake, and not to see whether it finds a planted fault. */
    boolean isInTable() {
        return !subject.column().isEmpty();
    }

    /** What the seed decides beside the order of the threads. */
    Choices choices() {
        return choices;
    }

    Gate gate() {
        return closing(new Gate(clock));
    }

    /** What a round may miss, and the scenario may not. */
    Moments moments(String... awaited) {
        return new Moments(clock, List.of(awaited));
    }

    /** Bytes for a read, held back until the scenario supplies them. */
    ByteFeed feed() {
        return closing(
                isSimulated() ? new ByteFeed.Device(new SimDevice()) : new ByteFeed.Socket());
    }

    /** Closed at the end, before the engine, in reverse order. */
    <T extends AutoCloseable> T closing(T closeable) {
        toClose.add(closeable);
        return closeable;
    }

    /** The scenario has come to its end; what is left to see is what it leaves behind. */
    void passed() {
        passed = true;
    }

    @Override
    public void close() {
        Simulation virtual = simulation;
        if (virtual == null) {
            closeAll();
            return;
        }
        try {
            closeAll();
        } finally {
            virtual.close();
        }
    }

    private void closeAll() {
        Problems problems = new Problems();
        toClose.reversed().forEach(each -> problems.attempt(each::close));
        engine.close(problems, parties);
        parties.close(problems);
        problems.attempt(transfers::close);
        memory.close(problems);
        problems.attempt(faults::requireNoneUnexpected);
        problems.throwAll(passed ? "after the scenario" : "while cleaning up");
    }
}
