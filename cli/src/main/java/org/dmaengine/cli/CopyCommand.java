package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.DmaEngine;
import org.dmaengine.EngineOptions;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Copies files, trees and streams through the channels of an engine; files without, if that is
 * asked for.
 */
@Command(
        name = "copy",
        sortOptions = false,
        description = {
            "Copy SOURCE to TARGET, each a path or - for standard input or output.",
            "The target appears whole and on disk under its name, or not at all."
        },
        footer = {
            "",
            "Ctrl-C stops at once, says what is safe on disk, and keeps it for --resume.",
            "With - as the target, the object of --json goes to standard error."
        })
final class CopyCommand implements Callable<Integer> {
    private static final String STREAM = "-";
    private static final double SECOND_NANOS = 1e9;

    @Parameters(index = "0", paramLabel = "SOURCE", description = "What to copy.")
    private String source = "";

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "Where to; in a folder the copy gets the name of SOURCE.")
    private String target = "";

    @Mixin private EngineChoice engine = new EngineChoice();
    @Mixin private CopyOptions options = new CopyOptions();
    @Mixin private Output output = new Output();

    private final Interruption interruption;

    CopyCommand(Interruption interruption) {
        this.interruption = interruption;
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
            if (isEngineNamed()) {
                // What is wrong with it is told also where nothing would be copied by it.
                opened.open();
            }
            try {
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
        if (target.equals(STREAM) && (options.isVerify() || options.isResume())) {
            throw new UsageFailure(
                    "standard output can be neither verified nor resumed; name a file");
        }
        if (source.equals(STREAM) && options.isResume()) {
            throw new UsageFailure(
                    "standard input cannot be read again, so its copy cannot be resumed");
        }
        if (options.isRecursive() && (source.equals(STREAM) || target.equals(STREAM))) {
            throw new UsageFailure("--recursive is for folders, not for standard streams");
        }
    }

    private DmaEngine openEngine() {
        return engine.open(EngineOptions.defaults(), Capability.PERIPHERAL);
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
        if (target.equals(STREAM)) {
            copyOutput(opened, progress, report);
            return;
        }
        FileCopy files = new FileCopy(mover(opened), interruption, options, progress, report, true);
        if (source.equals(STREAM)) {
            copyInput(files);
            return;
        }
        Path from = Path.of(source);
        requireSource(from);
        progress.expect(progress.isShown() ? totalBytes(from) : 0);
        Path to = CopyPlan.target(from, target, options.isResume());
        if (options.isRecursive() && Files.isSymbolicLink(from)) {
            TreeCopy.copyLink(from, to);
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

    private void copyOutput(CopyEngine opened, Progress progress, CopyReport report) {
        OpenSource from;
        if (source.equals(STREAM)) {
            from = openInput();
        } else {
            Path path = Path.of(source);
            requireSource(path);
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
        OpenSource input = openInput();
        Path to = Path.of(target);
        if (Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure(
                    target + " is a folder, and standard input has no name; add one");
        }
        to = CopyPlan.target(Path.of("standard-input"), target, false);
        CopyPlan.requireReplaceable(Path.of("standard-input"), to);
        files.copy(input, to);
    }

    private void requireSource(Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure("reading " + path + ": no such file or folder");
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
            if (target.equals(STREAM)) {
                System.err.println(line);
                System.err.flush();
            } else {
                output.resultLine(line);
            }
        }
    }
}
