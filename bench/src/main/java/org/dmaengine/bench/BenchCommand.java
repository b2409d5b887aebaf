package org.dmaengine.bench;

import org.dmaengine.bench.file.FileSuite;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Measures, and says what it was measured beside. */
@Command(
        name = "dmaengine bench",
        sortOptions = false,
        description = "Measures every case beside its peers, turn by turn, on two pinned cores.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every case was measured",
            "1:a case or a peer failed, or a case could not be measured on this machine",
            "2:wrong usage"
        })
final class BenchCommand implements Callable<Integer> {
    private static final int DONE = 0;
    private static final int FAILED = 1;

    private static final int WARM_UPS = 3;
    private static final int ROUNDS_MIN = 5;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // Only picocli looks at it.
    private boolean help;

    @Parameters(
            paramLabel = "SUITE",
            description = "Suites to run (descriptor, terminate, …); all without any.")
    private List<String> suites = new ArrayList<>();

    @Option(
            names = "--filter",
            paramLabel = "TEXT",
            description = "Only cases whose name has this in it.")
    private String filter = "";

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Rounds that count, at least 5 (${DEFAULT-VALUE}).")
    private int rounds = ROUNDS_MIN;

    @Option(
            names = "--cores",
            paramLabel = "A,B",
            hideParamSyntax = true,
            split = ",",
            description = "The two cores; the nearest two without it.")
    private List<Integer> wantedCores = new ArrayList<>();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the figures for programs; docs/performance.md explains them.")
    private @Nullable Path json;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a page with tables and plots, which needs nothing else.")
    private @Nullable Path html;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Write the figures as a table for a page like docs/performance.md.")
    private @Nullable Path markdown;

    @Option(
            names = "--busy",
            description = "Count turns that were disturbed too, and say so in a note.")
    private boolean busy;

    @Option(
            names = "--large",
            description = "In the suite file, copy 4 GiB and 20,000 files, not 1 GiB and 4,000.")
    private boolean large;

    @Option(names = "--list", description = "Name the cases and their peers, measure nothing.")
    private boolean list;

    @Override
    public Integer call() throws Exception {
        requireSuites();
        List<Case> cases =
                chosen(Suites.all(large).stream().flatMap(suite -> suite.cases().stream()));
        List<Case> questions = chosen(JmhSuite.cases().stream());
        if (cases.isEmpty() && questions.isEmpty()) {
            throw usage("no case has '" + filter + "' in its name");
        }
        if (rounds < ROUNDS_MIN) {
            throw usage("--rounds " + rounds + ": fewer than 5 tell nothing about the spread");
        }
        requireCores();
        List<Report> reports = reports();
        if (list) {
            cases.forEach(BenchCommand::name);
            questions.forEach(BenchCommand::name);
            return DONE;
        }
        try {
            return run(cases, questions, reports) ? DONE : FAILED;
        } catch (InterruptedException ends) {
            // Its hook deletes what there is; half a report helps nobody.
            return FAILED;
        } catch (Skip unfit) {
            spec.commandLine().getErr().println("dmaengine: " + unfit.reason());
            return FAILED;
        }
    }

    private static void name(Case each) {
        out().println(each.suite() + ": " + each.name());
        each.peers().forEach(peer -> out().println("    " + peer.name()));
    }

    private void requireSuites() {
        List<String> known = new ArrayList<>(Suites.all(large).stream().map(Suite::name).toList());
        known.add(JmhSuite.NAME);
        for (String wanted : suites) {
            if (!known.contains(wanted)) {
                throw usage("no suite '" + wanted + "'; there are " + known);
            }
        }
    }

    private void requireCores() throws IOException {
        List<Integer> there = Cores.usable();
        if (!wantedCores.isEmpty() && !Cores.areTwoOf(there, wantedCores)) {
            throw usage("--cores " + wantedCores + ": not two of those that are there, " + there);
        }
    }

    private List<Case> chosen(Stream<Case> cases) {
        return cases.filter(each -> suites.isEmpty() || suites.contains(each.suite()))
                .filter(each -> lower(each.name()).contains(lower(filter)))
                .toList();
    }

    private boolean run(List<Case> cases, List<Case> questions, List<Report> reports)
            throws Exception {
        // Later this thread may use two of them only, and that is what it would be told.
        int processors = Runtime.getRuntime().availableProcessors();
        Cores cores = Cores.choose(wantedCores);
        cores.freeSelf();
        Site site = new Site(cores, peers(), WorkFolder.make());
        if (large && cases.stream().anyMatch(FileSuite::copies)) {
            FileSuite.requireRoomForLarge(site.work());
        }
        Machine machine = Machine.here(processors, site, arguments());
        out().print(machine.text());
        List<CaseResult> results = measure(cases, questions, site);
        boolean written = true;
        for (Report each : reports) {
            Optional<String> lost = each.write(machine, results);
            lost.ifPresent(why -> spec.commandLine().getErr().println("dmaengine: " + why));
            written &= lost.isEmpty();
        }
        return Summary.print(out(), results) && written;
    }

    private List<CaseResult> measure(List<Case> cases, List<Case> questions, Site site)
            throws InterruptedException {
        List<CaseResult> results = new ArrayList<>();
        Table table = new Table(out());
        try (LiveSenses senses = new LiveSenses(site.cores())) {
            Quiet quiet = new Quiet(senses, !busy);
            Contest contest = new Contest(site, quiet, WARM_UPS, rounds);
            for (Case each : cases) {
                results.add(contest.run(each));
                Ending.requireNotBegun();
                table.print(results.getLast());
            }
            JmhSuite jmh = new JmhSuite(quiet, new JmhHarness(rounds));
            for (String question : JmhSuite.questions(questions)) {
                List<CaseResult> answers = jmh.run(question, questions);
                Ending.requireNotBegun();
                answers.forEach(table::print);
                results.addAll(answers);
            }
        }
        return results;
    }

    private List<String> arguments() {
        return spec.commandLine().getParseResult().originalArgs();
    }

    /** Refused sooner than after minutes of measuring. */
    private List<Report> reports() {
        List<Report> reports = new ArrayList<>();
        addTo(reports, json, JsonReport::text);
        addTo(reports, html, HtmlReport::text);
        addTo(reports, markdown, MarkdownReport::text);
        reports.forEach(each ->
                each.obstacle()
                        .ifPresent(why -> {
                            throw usage(why);
                        }));
        return reports;
    }

    private static void addTo(List<Report> reports, @Nullable Path file, Report.Format format) {
        if (file != null) {
            reports.add(new Report(file, format));
        }
    }

    private static Path peers() {
        return Path.of(System.getProperty("dmaengine.root", ".."), "bench", "peers");
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    @SuppressWarnings("SystemOut") // A command line is where standard output belongs.
    private static PrintStream out() {
        return System.out;
    }
}
