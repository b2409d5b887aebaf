package org.dmaengine.cli;

import org.dmaengine.TransferError;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Copies one source to one file: into a partial file, checked, on disk, and only then under its
 * name. One thread at a time, since the mover is; what else it works with, all threads share.
 */
final class FileCopy {
    /**
     * What got its name.
     *
     * @param bytes its length
     * @param resumedBytes how many of them an earlier copy had moved
     */
    record Named(long bytes, long resumedBytes) {}

    private final Mover mover;
    private final Interruption interruption;
    private final CopyOptions options;
    private final Progress progress;
    private final CopyReport report;
    private final boolean keepsPart;

    /**
     * @param keepsPart whether what is written of a file when it is interrupted is kept for {@code
     *     --resume}
     */
    FileCopy(
            Mover mover,
            Interruption interruption,
            CopyOptions options,
            Progress progress,
            CopyReport report,
            boolean keepsPart) {
        this.keepsPart = keepsPart;
        this.mover = mover;
        this.interruption = interruption;
        this.options = options;
        this.progress = progress;
        this.report = report;
    }

    /**
     * Copies it for itself: afterwards it is on disk, and its name too.
     *
     * @throws CommandFailure naming the file and the way out; there is no new target then
     */
    void copy(Path source, Path target) {
        copy(opened(source), target);
    }

    /** The same for a source that is open; closes it. */
    void copy(OpenSource open, Path target) {
        Optional<WholeFile> written = write(open, Destination.of(target));
        if (written.isEmpty()) {
            return;
        }
        try (WholeFile whole = written.get()) {
            if (options.isSync()) {
                whole.force();
            }
            whole.publish();
            if (options.isSync()) {
                try (OpenFolder folder = OpenFolder.around(target)) {
                    folder.force();
                }
            }
            report.file(whole.named().bytes(), whole.named().resumedBytes());
        } catch (IOException problem) {
            throw FileProblem.of("writing " + target, problem);
        }
    }

    /**
     * Copies it as one of many, all but its name: to force it to disk, if that is asked for, and to
     * publish it is for the caller.
     *
     * @param seen what {@link TargetAttributes#look} has seen there some time ago; a small file
     *     that has changed since is copied once more as it is then
     * @return empty if it was interrupted
     * @throws CommandFailure as {@link #copy}
     */
    Optional<WholeFile> write(Path source, BasicFileAttributes seen, Destination to) {
        try {
            return write(opened(source, seen), to);
        } catch (SourceChanged sinceItWasSeen) {
            if (seen.size() > TreeCopy.SMALL_BYTES) {
                // It did not wait for a worker: somebody writes to it.
                throw sinceItWasSeen;
            }
            return write(opened(source, null), to);
        }
    }

    private static OpenSource opened(Path source) {
        try {
            return OpenSource.of(source);
        } catch (IOException problem) {
            throw FileProblem.of("reading " + source, problem);
        }
    }

    /** Of a tree; as it is now, or as it was seen. */
    private static OpenSource opened(Path source, @Nullable BasicFileAttributes seen) {
        try {
            return seen == null ? OpenSource.ofTree(source) : OpenSource.ofTree(source, seen);
        } catch (IOException problem) {
            throw FileProblem.of("reading " + source, problem);
        }
    }

    private Optional<WholeFile> write(OpenSource open, Destination to) {
        try (OpenSource source = open) {
            // Of the source as it is now: the mode must not come from what it is replaced by later.
            TargetAttributes attributes =
                    TargetAttributes.of(
                            source.path(),
                            source.attributes(),
                            to.path(),
                            to.isNew(),
                            options.isArchive());
            PartialFile partial = partialOf(source, to, attributes);
            Optional<WholeFile> whole = Optional.empty();
            try {
                whole = fill(source, partial, attributes);
                return whole;
            } finally {
                if (whole.isEmpty()) {
                    partial.close();
                }
            }
        } catch (IOException problem) {
            throw FileProblem.of("writing " + to.path(), problem);
        }
    }

    /** False if a channel could not prove that it is quiet. */
    boolean isQuiesced() {
        return mover.isQuiesced();
    }

    private PartialFile partialOf(OpenSource source, Destination to, TargetAttributes attributes)
            throws IOException {
        // What is forced to disk in any case need not be copied into the page cache before.
        boolean direct =
                options.isSync()
                        && source.isResumable()
                        && source.sizeBytes() >= DirectIo.FILE_BYTES
                        && mover.writesWholeUnits(source);
        if (options.isResume() && !to.isNew() && source.isResumable()) {
            Optional<PartialFile> found = PartialFile.resumed(to, source.identity(), direct);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return PartialFile.fresh(to, source.identity(), attributes.modeToMake(to.isNew()), direct);
    }

    private Optional<WholeFile> fill(
            OpenSource source, PartialFile partial, TargetAttributes attributes)
            throws IOException {
        try {
            Checksum checksum = new Checksum();
            Pipeline.Result result = transfer(source, partial, checksum);
            if (result.end() == Pipeline.End.INTERRUPTED) {
                keep(source, partial, result.prefixBytes());
                return Optional.empty();
            }
            requireMoved(source, partial, result);
            partial.file().setLength(result.prefixBytes());
            source.requireWhole(result.prefixBytes());
            boolean good = !options.isVerify() || verify(partial, checksum, result.prefixBytes());
            if (!good || interruption.isRequested()) {
                keep(source, partial, result.prefixBytes());
                return Optional.empty();
            }
            partial.apply(attributes);
            Named named = new Named(result.prefixBytes(), partial.startBytes());
            return Optional.of(new WholeFile(partial, named));
        } catch (IOException problem) {
            throw partial.abandon(FileProblem.of("writing " + partial.path(), problem), true);
        } catch (Rejected rejected) {
            throw partial.abandon(rejected.failure, rejected.resumable);
        } catch (SourceChanged sinceItWasBegun) {
            throw partial.abandon(sinceItWasBegun, false);
        } catch (CommandFailure refused) {
            // By the engine, as a rule: what an earlier copy has left is as good as it was.
            throw partial.abandon(refused, true);
        }
    }

    private Pipeline.Result transfer(OpenSource source, PartialFile partial, Checksum checksum)
            throws IOException {
        long start = partial.startBytes();
        if (options.isVerify() && start > 0) {
            // What an earlier run wrote is verified against the source as well.
            checksum.add(source.file(), 0, start, interruption);
        }
        if (start > 0) {
            progress.resumed(start);
            Output.note("resuming " + source.name() + " at byte " + start);
        }
        partial.file().expect(source.sizeBytes());
        if (!source.isResumable() || !options.isSync()) {
            return run(source, partial, start, checksum, null);
        }
        try (Checkpoints checkpoints = new Checkpoints(partial, System::nanoTime)) {
            return run(source, partial, start, checksum, checkpoints);
        }
    }

    private Pipeline.Result run(
            OpenSource source,
            PartialFile partial,
            long start,
            Checksum checksum,
            @Nullable Checkpoints checkpoints) {
        Pipeline.Listener listener =
                new Pipeline.Listener() {
                    private long doneBytes = start;

                    @Override
                    public boolean wantsData() {
                        return options.isVerify();
                    }

                    @Override
                    public void read(MemorySegment data) {
                        if (options.isVerify()) {
                            checksum.add(data);
                        }
                    }

                    @Override
                    public void written(long prefixBytes) {
                        progress.advance(prefixBytes - doneBytes);
                        doneBytes = prefixBytes;
                        if (checkpoints != null) {
                            checkpoints.reached(prefixBytes);
                        }
                    }
                };
        return mover.move(source, partial.file(), start, listener);
    }

    private static void requireMoved(
            OpenSource source, PartialFile partial, Pipeline.Result result) {
        if (result.end() == Pipeline.End.DONE) {
            return;
        }
        String doing =
                switch (result.end()) {
                    case READ_FAILED -> "reading " + source.name();
                    case DONE, INTERRUPTED, WRITE_FAILED -> "writing " + partial.path();
                    case ENGINE_LOST -> "copying " + source.name();
                };
        TransferError error =
                result.error().orElse(TransferError.of(0, "the target takes no more"));
        throw new Rejected(FileProblem.of(doing, error), source.isResumable());
    }

    /** False if interrupted. */
    private boolean verify(PartialFile partial, Checksum read, long lengthBytes)
            throws IOException {
        partial.file().channel().force(true);
        Checksum onDisk = new Checksum();
        boolean whole = onDisk.add(partial.file().channel(), 0, lengthBytes, interruption);
        if (interruption.isRequested()) {
            return false;
        }
        if (!whole
                || partial.file().channel().size() != lengthBytes
                || onDisk.value() != read.value()) {
            throw new Rejected(
                    new CommandFailure(
                            "%s does not hold what was read: CRC-32C %08x, should be %08x; copy again, and if that fails too, test the disk"
                                    .formatted(partial.path(), onDisk.value(), read.value())),
                    false);
        }
        report.verified();
        return true;
    }

    /** Interrupted: what is written is made safe, and kept for {@code --resume}. */
    private void keep(OpenSource source, PartialFile partial, long prefixBytes) throws IOException {
        if (!keepsPart) {
            if (mover.isQuiesced()) {
                partial.discard();
            }
        } else if (source.isResumable()) {
            partial.secure(prefixBytes);
            report.interrupted(prefixBytes, " in " + partial.path() + ", go on with --resume");
        } else {
            partial.file().channel().force(true);
            report.interrupted(
                    prefixBytes,
                    " in "
                            + partial.path()
                            + ", which cannot be resumed as its source was a stream");
        }
    }

    /** What has failed, on its way to the one place that decides what is kept. */
    private static final class Rejected extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final CommandFailure failure;
        private final boolean resumable;

        Rejected(CommandFailure failure, boolean resumable) {
            super(failure);
            this.failure = failure;
            this.resumable = resumable;
        }
    }
}
