package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.DmaEngine;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The counterpart of the kernel's dmatest, and the tests that it lacks. */
final class TestCommand extends Command {
    private static final long SECOND_NANOS = 1_000_000_000;

    /** How the engine is opened; a test brings one of its own. */
    interface Opening {
        DmaEngine open(EngineOptions base, Capability... wanted);
    }

    private final EngineChoice engine = with(new EngineChoice());
    private final TestOptions options = with(new TestOptions());
    private final Output output = with(new Output());

    private final Interruption interruption;
    private final Opening opening;

    // By class, in the order they were run.
    private final Map<String, Object> testsOf = Json.object();
    private final Map<String, Object> skipped = Json.object();

    TestCommand(Interruption interruption) {
        super(
                "test",
                "Test an engine as the kernel's dmatest does, and its termination under load.",
                "Beyond dmatest: files, pipes, sockets, fills, strided copies, cyclic transfers,"
                        + " pauses.");
        this.interruption = interruption;
        this.opening = engine::open;
    }

    TestCommand(Interruption interruption, Opening opening) {
        super("test");
        this.interruption = interruption;
        this.opening = opening;
    }

    @Override
    public Integer call() {
        options.check();
        TestTally tally = new TestTally();
        // With --json standard output is the object's alone.
        TestLog log =
                new TestLog(output.isJson() ? System.err : Output.result(), options.isVerbose());
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            // Nobody hears of it otherwise, be it a thread of the engine or of a test.
            tally.failure();
            log.failed(thread.getName(), 0, new TestFailure("uncaught: " + thrown));
            thrown.printStackTrace();
        });
        try {
            runAndTell(tally, log);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        if (tally.failures() > 0) {
            return ExitCode.FAILED;
        }
        if (interruption.isRequested()) {
            return ExitCode.INTERRUPTED;
        }
        Optional<String> lacking = lacking(testsOf);
        if (lacking.isPresent()) {
            throw new CommandFailure(lacking.get());
        }
        return ExitCode.DONE;
    }

    /** Why that many tests of each class that was not skipped prove nothing, if they do not. */
    static Optional<String> lacking(Map<String, Object> testsOf) {
        if (testsOf.isEmpty()) {
            return Optional.of(
                    "nothing was tested, all classes were skipped; give another --engine, or other"
                            + " classes with --only");
        }
        List<String> none =
                testsOf.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(0L))
                        .map(Map.Entry::getKey)
                        .toList();
        return none.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "too short to prove anything: no test of "
                                + none
                                + "; give more --seconds or --iterations");
    }

    private void runAndTell(TestTally tally, TestLog log) {
        long begun = System.nanoTime();
        String name;
        String repeat;
        Consumer<Fault> faults =
                fault -> {
                    // What nobody could be told by an exception, such as one thrown in a callback.
                    tally.failure();
                    log.failed("engine", 0, new TestFailure("fault: " + fault));
                };
        try (DmaEngine opened =
                opening.open(EngineOptions.defaults().withFaults(faults), wanted())) {
            name = opened.name();
            repeat = runAll(opened, tally, log);
            if (!repeat.isEmpty()) {
                Output.failure("to repeat it: " + repeat);
                // Before the close, which may wait for ever for an engine that has failed.
                tell(name, tally, secondsSince(begun), repeat);
            }
        }
        if (repeat.isEmpty()) {
            // Behind the close, whose faults count.
            tell(name, tally, secondsSince(begun), repeat);
        }
    }

    private static double secondsSince(long begunNanos) {
        return (double) (System.nanoTime() - begunNanos) / SECOND_NANOS;
    }

    /** What the engine must be able to do, where none was named: all that shall be tested. */
    private Capability[] wanted() {
        return options.kinds().stream()
                .flatMap(kind -> kind.capabilities().stream())
                .distinct()
                .toArray(Capability[]::new);
    }

    /** The command line that repeats the first class that failed; empty if none did. */
    private String runAll(DmaEngine opened, TestTally tally, TestLog log) {
        Set<TrialKind> kinds = EnumSet.noneOf(TrialKind.class);
        for (TrialKind kind : options.kinds()) {
            Optional<String> refusal = kind.refusal(opened, options);
            if (refusal.isEmpty()) {
                kinds.add(kind);
            } else {
                Output.note("skipped " + kind + ": " + refusal.get());
                skipped.put(kind.name(), refusal.get());
            }
        }
        long weights = kinds.stream().mapToLong(TrialKind::weight).sum();
        long begun = System.nanoTime();
        long weightSoFar = 0;
        for (TrialKind kind : kinds) {
            weightSoFar += kind.weight();
            // Counted from the begin: what one class leaves over, the next may use.
            long deadline = begun + options.time().toNanos() / weights * weightSoFar;
            TestRun run = new TestRun(kind, opened, options, tally, interruption, log, deadline);
            long before = tally.tests();
            boolean passed = run.run();
            testsOf.put(kind.name(), tally.tests() - before);
            if (!passed) {
                return options.repeat(engine.asGiven(), kind, run.roundsMost());
            }
            if (interruption.isRequested()) {
                return "";
            }
        }
        return "";
    }

    private void tell(String name, TestTally tally, double seconds, String repeat) {
        if (!output.isJson()) {
            Output.resultLine(
                    "%s: %d tests, %d failures, %d terminations, %d late writes, %s, seed %d%s"
                            .formatted(
                                    name,
                                    tally.tests(),
                                    tally.failures(),
                                    tally.terminations(),
                                    tally.lateWrites(),
                                    Progress.size(tally.bytes()),
                                    options.seed(),
                                    interruption.isRequested() ? ", interrupted" : ""));
            return;
        }
        Map<String, Object> object = Json.object();
        object.put("engine", name);
        object.put("seed", options.seed());
        object.put("seconds", seconds);
        object.put("tests", tally.tests());
        object.put("failures", tally.failures());
        object.put("terminations", tally.terminations());
        object.put("lateWrites", tally.lateWrites());
        object.put("bytes", tally.bytes());
        object.put("interrupted", interruption.isRequested());
        object.put("classes", testsOf);
        object.put("skipped", skipped);
        if (!repeat.isEmpty()) {
            object.put("repeat", repeat);
        }
        Output.resultLine(Json.line(object));
    }
}
