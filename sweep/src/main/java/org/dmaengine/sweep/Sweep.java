package org.dmaengine.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongPredicate;

/**
 * Runs random programs, one for each seed, and checks every step of them.
 *
 * <p>One sweep at a time in a process: core knows all channels and all memory of its process, and a
 * seed would not replay if another run were among them.
 */
public final class Sweep {
    /** After so many failures a sweep gives up: they are most likely the same. */
    private static final int FAILURES_MAX = 3;

    private Sweep() {}

    /**
     * One seed that broke the contract.
     *
     * @param seed replays it
     * @param violation the rule, and what happened
     * @param program the program, shrunk
     * @param history what happened in the shrunk program, as a table
     */
    public record Failure(long seed, String violation, String program, String history) {}

    /**
     * What a sweep found.
     *
     * @param seeds how many programs were run
     * @param steps how many steps they took, each of which was checked
     * @param failures what broke the contract
     * @param seconds how long it took
     * @param rareEvents how often each was come across
     */
    public record Report(
            long seeds,
            long steps,
            List<Failure> failures,
            double seconds,
            Map<RareEvent, Long> rareEvents) {

        /** Steps in a second of one core. */
        public double stepsPerSecond() {
            return steps / Math.max(seconds, 1e-9);
        }

        /** What the sweep did not come across: it has not looked hard enough. */
        public List<RareEvent> missing() {
            return rareEvents.entrySet().stream()
                    .filter(entry -> entry.getValue() == 0)
                    .map(Map.Entry::getKey)
                    .toList();
        }

        /** Nothing broke, and every rare event was among it. */
        public boolean isGood() {
            return failures.isEmpty() && missing().isEmpty();
        }
    }

    /**
     * Runs until so many seeds or so many steps are done, whichever comes first.
     *
     * @param firstSeed the first seed; the others follow by one
     * @param seedsMax the most seeds
     * @param stepsMax the most steps
     * @param progress told the steps so far, after each seed; false ends the sweep there
     */
    public static Report run(long firstSeed, long seedsMax, long stepsMax, LongPredicate progress) {
        return run(firstSeed, seedsMax, stepsMax, FAILURES_MAX, progress, Sabotage.NONE);
    }

    static Report run(
            long firstSeed,
            long seedsMax,
            long stepsMax,
            int failuresMax,
            LongPredicate progress,
            Sabotage sabotage) {
        return onVirtualThread(
                () -> sweep(firstSeed, seedsMax, stepsMax, failuresMax, progress, sabotage));
    }

    private static Report sweep(
            long firstSeed,
            long seedsMax,
            long stepsMax,
            int failuresMax,
            LongPredicate progress,
            Sabotage sabotage) {
        RareEvents rare = new RareEvents();
        List<Failure> failures = new ArrayList<>();
        long started = System.nanoTime();
        long seeds = 0;
        long steps = 0;
        boolean goesOn = true;
        while (goesOn && seeds < seedsMax && steps < stepsMax && failures.size() < failuresMax) {
            long seed = firstSeed + seeds++;
            Program program = ProgramGenerator.draw(seed);
            World.Result result = World.run(program, false, sabotage);
            steps += result.steps();
            rare.add(result.rare());
            Throwable violation = result.violation();
            if (violation != null) {
                failures.add(explain(program, violation, sabotage));
            }
            goesOn = progress.test(steps);
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        return new Report(seeds, steps, failures, seconds, rare.asMap());
    }

    /**
     * Simulated threads are virtual. From one of those to the next the baton goes without a system
     * call; to and from a platform thread it takes two, which costs more than the step.
     */
    private static <T> T onVirtualThread(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread.ofVirtual().name("sweep").start(task);
        try {
            return task.get();
        } catch (ExecutionException broken) {
            throw new IllegalStateException("the sweep itself failed", broken.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during a sweep", stopped);
        }
    }

    private static Failure explain(Program program, Throwable violation, Sabotage sabotage) {
        Program shrunk = Shrinker.shrink(program, violation, sabotage);
        World.Result again = World.run(shrunk, true, sabotage);
        Throwable why = again.violation() == null ? violation : again.violation();
        return new Failure(
                program.seed(), inWords(why), shrunk.describe(), again.history().table());
    }

    /** What broke, and where. */
    private static String inWords(Throwable violation) {
        boolean foreseen = violation instanceof Violation;
        StringBuilder text = new StringBuilder();
        if (foreseen) {
            text.append(violation.getMessage());
        }
        Throwable each = foreseen ? violation.getCause() : violation;
        for (; each != null; each = each.getCause()) {
            text.append(text.isEmpty() ? "" : "\n").append(each);
            for (StackTraceElement frame : each.getStackTrace()) {
                text.append("\n      at ").append(frame);
            }
        }
        return text.toString();
    }

    /**
     * Runs one seed again and tells its history.
     *
     * @param seed the seed
     * @param whole true for the whole program, false for what is left of it when it was shrunk; one
     *     that breaks nothing is always whole
     */
    public static Replay replay(long seed, boolean whole) {
        return onVirtualThread(() -> replayHere(seed, whole));
    }

    private static Replay replayHere(long seed, boolean whole) {
        Program program = ProgramGenerator.draw(seed);
        World.Result result = World.run(program, true, Sabotage.NONE);
        Throwable violation = result.violation();
        if (violation != null && !whole) {
            Failure failure = explain(program, violation, Sabotage.NONE);
            return new Replay(
                    seed,
                    result.steps(),
                    failure.program(),
                    failure.history(),
                    failure.violation());
        }
        return new Replay(
                seed,
                result.steps(),
                program.describe(),
                result.history().table(),
                violation == null ? "" : inWords(violation));
    }

    /**
     * One seed, run again.
     *
     * @param seed the seed
     * @param steps how many steps the whole program took
     * @param program what its threads do, and what goes wrong
     * @param history what happened, as a table
     * @param violation what broke; empty if nothing did
     */
    public record Replay(long seed, long steps, String program, String history, String violation) {}
}
