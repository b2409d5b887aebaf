package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.DmaEngine;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/**
 * Copies files, trees and streams through the channels of an engine; files without, if that is
 * asked for.
 */
final class CopyCommand extends Command {
    private static final String STREAM = "-";
    private static final double SECOND_NANOS = 1e9;

    private final Argument<String> source = parameter(String.class, "SOURCE", "What to copy.");

    private final Argument<String> target =
            parameter(
                    String.class,
                    "TARGET",
                    "Where to; in a folder the copy gets the name of SOURCE.");

    private final EngineChoice engine = with(new EngineChoice());
    private final CopyOptions options = with(new CopyOptions());
    private final Output output = with(new Output());

    private final Interruption interruption;

    CopyCommand(Interruption interruption) {
        super(
                "copy",
                "Copy SOURCE to TARGET, each a path or - for standard input or output.",
                "The target appears whole and on disk under its name, or not at all.");
        this.interruption = interruption;
    }

    @Override
    List<String> footer() {
        return List.of(
                "",
                "Ctrl-C stops at once, says what is safe on disk, and keeps it for --resume.",
                "With - as the target, the object of --json goes to standard error.");
    }

    @Override
    public Integer call() {
        requireSense();
        options.requireInRange();
        RateLimit limit = new RateLimit(options.limitBytesPerSecond(), System::nanoTime);
        long begunNanos = System.nanoTime();
        CopyReport report = new CopyReport();
        Progress progress = new Progress(System.err, Terminal.isStandardError(), System::nanoTime);
        try (CopyEngine opened = new CopyEngine(this::openEngine, interruption, limit)) {
            try {
                if (!engine.asGiven().isEmpty()) {
                    // What is wrong with it is told before anything is touched, and also where
                    // nothing would be copied by it.
                    opened.open();
                }
                copy(opened, progress, report);
            } catch (CommandFailure failure) {
                report.failed(failure.line());
            }
            progress.erase();
            tell(opened, report, (System.nanoTime() - begunNanos) / SECOND_NANOS);
        }
        return report.exitCode();
    }

    private void requireSense() {
        requireName("SOURCE", source.value());
        requireName("TARGET", target.value());
        if (target.value().equals(STREAM) && (options.isVerify() || options.isResume())) {
            throw new UsageFailure(
                    "standard output can be neither verified nor resumed; name a file");
        }
        if (source.value().equals(STREAM) && options.isResume()) {
            throw new UsageFailure(
                    "standard input cannot be read again, so its copy cannot be resumed");
        }
        if (options.isRecursive()
                && (source.value().equals(STREAM) || target.value().equals(STREAM))) {
            throw new UsageFailure("--recursive is for folders, not for standard streams");
        }
    }

    /** To Java an empty path is the current folder; to everybody else it is a variable not set. */
    private static void requireName(String what, String value) {
        if (value.isEmpty()) {
            throw new UsageFailure(
                    what + " is empty, and names nothing; for the current folder write .");
        }
    }

    private DmaEngine openEngine() {
        return engine.open(
                EngineOptions.defaults().withFaults(CopyCommand::told), Capability.PERIPHERAL);
    }

    /** That the engine is lost is told with what was copied through it, and the way out. */
    private static void told(Fault fault) {
        if (fault.kind() != Fault.Kind.ENGINE_LOST) {
            Output.note(fault.channel() + ": " + fault.message());
        }
    }

    private Lanes lanes(CopyEngine opened) {
        return opened.lanes("copy", options.channels(), options.buffers(), options.blocks());
    }

    private boolean isEngineNamed() {
        return options.isByEngine() && !engine.asGiven().isEmpty();
    }

    private Mover mover(CopyEngine opened) {
        Mover byEngine = new LaneMover(() -> lanes(opened), interruption, options.blocks());
        return isEngineNamed()
                ? byEngine
                : new DirectMover(
                        interruption,
                        opened.limit(),
                        options.blocks().cachedBytes(),
                        byEngine,
                        this::isForEngine);
    }

    /** Where the processor only copies, or has next to nothing to do, plain calls are quicker. */
    private boolean isForEngine(OpenSource file) {
        long bytes = file.sizeBytes();
        return options.isByEngine()
                && bytes > TreeCopy.SMALL_BYTES
                && (options.isSync() || PageCache.lacks(file.file(), bytes));
    }

    private void copy(CopyEngine opened, Progress progress, CopyReport report) {
        if (target.value().equals(STREAM)) {
            copyOutput(opened, progress, report);
            return;
        }
        FileCopy files = new FileCopy(mover(opened), interruption, options, progress, report, true);
        if (source.value().equals(STREAM)) {
            copyInput(files);
            return;
        }
        Path from = CopyPlan.source(source.value());
        requireSource(from);
        progress.expect(progress.isShown() ? totalBytes(from) : 0);
        Path to = CopyPlan.target(from, target.value(), options.isResume());
        Siblings.requireNotSource(from, to);
        Siblings.requireNoneOfThem(from, to);
        if (options.isRecursive() && Files.isSymbolicLink(from)) {
            TreeCopy.copyLink(from, to);
            if (options.isSync()) {
                forceName(to);
            }
        } else if (Files.isDirectory(from)) {
            new TreeCopy(opened, isEngineNamed(), files, interruption, options, progress, report)
                    .copy(from, to);
        } else {
            CopyPlan.requireReplaceable(from, to);
            if (options.isResume()
                    && !Files.exists(Siblings.journal(to), LinkOption.NOFOLLOW_LINKS)) {
                Output.note("nothing to resume for " + to + ": copying all of it");
            }
            files.copy(from, to);
        }
    }

    private static void forceName(Path link) {
        try (OpenFolder folder = OpenFolder.around(link)) {
            folder.force();
        } catch (IOException problem) {
            throw FileProblem.of("writing " + link, problem);
        }
    }

    private void copyOutput(CopyEngine opened, Progress progress, CopyReport report) {
        OpenSource from;
        if (source.value().equals(STREAM)) {
            CopyPlan.requireNotOutput(Path.of("/dev/stdin"), "standard input");
            from = openInput();
        } else {
            Path path = CopyPlan.path(source.value());
            requireSource(path);
            CopyPlan.requireNotOutput(path, path.toString());
            progress.expect(progress.isShown() ? totalBytes(path) : 0);
            from = open(path);
        }
        new OutputCopy(lanes(opened), interruption, progress, report).copy(from);
    }

    private static OpenSource openInput() {
        try {
            return OpenSource.standardInput();
        } catch (IOException problem) {
            throw FileProblem.of("reading standard input", problem);
        }
    }

    private void copyInput(FileCopy files) {
        Path to = CopyPlan.path(target.value());
        boolean throughLink = target.value().endsWith("/");
        if (throughLink
                ? Files.isDirectory(to)
                : Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure(
                    target.value() + " is a folder, and standard input has no name; add one");
        }
        to = CopyPlan.target(Path.of("standard-input"), target.value(), false);
        CopyPlan.requireReplaceableByStream(Path.of("standard-input"), to);
        // Before it is opened: at its end it is closed, and cannot be looked at any more.
        Siblings.requireNotSource(Path.of("/dev/stdin"), to);
        Siblings.requireNoneOfThem(Path.of("standard input"), to);
        files.copy(openInput(), to);
    }

    private void requireSource(Path path) {
        try {
            BasicFileAttributes _ = TargetAttributes.look(path, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException problem) {
            throw FileProblem.of("reading " + path, problem);
        }
        if (Files.isDirectory(path) && !options.isRecursive()) {
            throw new CommandFailure(path + " is a folder; copy it with -r or --archive");
        }
    }

    private static OpenSource open(Path path) {
        try {
            return OpenSource.of(path);
        } catch (IOException problem) {
            throw FileProblem.of("reading " + path, problem);
        }
    }

    /** For the time left, so nearly right is good enough. */
    private static long totalBytes(Path path) {
        try (Stream<Path> all = Files.walk(path)) {
            return all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException unreadable) {
            // Unknown then; the copy itself will tell what it cannot read.
            return 0;
        }
    }

    private void tell(CopyEngine opened, CopyReport report, double seconds) {
        if (report.isFailed()) {
            Output.failure(report.error());
        }
        if (report.isInterrupted()) {
            Output.failure(report.interruptedLine(opened));
        }
        if (output.isJson()) {
            String line = Json.line(report.toJson(opened, seconds));
            if (target.value().equals(STREAM)) {
                System.err.println(line);
                System.err.flush();
            } else {
                Output.resultLine(line);
            }
        }
    }
}
