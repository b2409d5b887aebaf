package org.dmaengine.cli;

import org.dmaengine.Peripheral;
import org.jspecify.annotations.Nullable;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is copied from: a plain file, which can be read at any place and again, or a stream
 * (standard input, FIFO, device), which comes once and in order.
 */
final class OpenSource implements AutoCloseable {
    /** The size of what tells none. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private final String name;
    private final @Nullable Path path;
    private final @Nullable FileChannel file;
    private final @Nullable InputPump pump;
    private final SourceIdentity identity;
    private final Optional<BasicFileAttributes> attributes;
    private final LinkOption[] links;

    private @Nullable FileChannel pastPageCache;

    private OpenSource(
            String name,
            @Nullable Path path,
            @Nullable FileChannel file,
            @Nullable InputPump pump,
            SourceIdentity identity,
            Optional<BasicFileAttributes> attributes,
            LinkOption... links) {
        this.links = links;
        this.name = name;
        this.path = path;
        this.file = file;
        this.pump = pump;
        this.identity = identity;
        this.attributes = attributes;
    }

    static OpenSource standardInput() throws IOException {
        InputPump pump = InputPump.start("input", () -> new FileInputStream(FileDescriptor.in));
        return new OpenSource(
                "standard input", null, null, pump, SourceIdentity.ofStream(), Optional.empty());
    }

    /** Through symbolic links. The folders are the caller's business. */
    static OpenSource of(Path path) throws IOException {
        return of(path, TargetAttributes.look(path));
    }

    /**
     * A file of a tree, if it still is one: it may have waited, and what is at its place now may be
     * a link that leads elsewhere, or a FIFO, whose opening waits for a writer.
     *
     * @param attributes what {@link TargetAttributes#look} has seen there
     */
    static OpenSource ofTree(Path path, BasicFileAttributes attributes) throws IOException {
        lookAgain(path);
        return of(path, attributes, LinkOption.NOFOLLOW_LINKS);
    }

    /** The same as it is now. */
    static OpenSource ofTree(Path path) throws IOException {
        return of(path, lookAgain(path), LinkOption.NOFOLLOW_LINKS);
    }

    private static BasicFileAttributes lookAgain(Path path) throws IOException {
        BasicFileAttributes now = TargetAttributes.look(path, LinkOption.NOFOLLOW_LINKS);
        if (!now.isRegularFile()) {
            throw new CommandFailure(
                    path
                            + " is not the file any more that was found there; copy it again when"
                            + " nobody changes the tree");
        }
        return now;
    }

    private static OpenSource of(Path path, BasicFileAttributes attributes, LinkOption... links)
            throws IOException {
        SourceIdentity identity = SourceIdentity.of(attributes);
        if (attributes.isRegularFile() && ToldSizes.isTold(path, attributes)) {
            FileChannel file = FileChannel.open(path, reading(links));
            return new OpenSource(
                    path.toString(), path, file, null, identity, Optional.of(attributes), links);
        }
        if (!Files.isReadable(path)) {
            // Told here and not by the pump, before anything is made on the other side.
            throw new java.nio.file.AccessDeniedException(path.toString());
        }
        InputPump pump = InputPump.start("source", () -> Files.newInputStream(path, links));
        return new OpenSource(
                path.toString(),
                attributes.isRegularFile() ? path : null,
                null,
                pump,
                identity,
                Optional.of(attributes).filter(BasicFileAttributes::isRegularFile),
                links);
    }

    private static Set<OpenOption> reading(LinkOption... links) {
        Set<OpenOption> options = new HashSet<>(List.of(links));
        options.add(StandardOpenOption.READ);
        return options;
    }

    String name() {
        return name;
    }

    /** Where it was found, if it is a plain file. */
    Optional<Path> path() {
        return Optional.ofNullable(path);
    }

    /** For mode and times, as they were before anything was read; empty for a stream. */
    Optional<BasicFileAttributes> attributes() {
        return attributes;
    }

    /** True if it can be read again from any place. */
    boolean isResumable() {
        return file != null;
    }

    /** The file of a resumable one. */
    FileChannel file() {
        FileChannel channel = file;
        assert channel != null : name + " is a stream";
        return channel;
    }

    SourceIdentity identity() {
        return identity;
    }

    long sizeBytes() {
        return file == null ? UNKNOWN : identity.sizeBytes();
    }

    Endpoint endpoint() {
        InputPump stream = pump;
        return stream == null
                ? Endpoint.source(file(), pastPageCache())
                : Endpoint.of(new Peripheral.Stream(stream.source()));
    }

    /**
     * The file once more, for direct I/O: where the page cache has little of it, the disk need not
     * fill it first. Empty if it is there, or too small to matter.
     */
    private Optional<FileChannel> pastPageCache() {
        Path known = path;
        if (known == null
                || sizeBytes() < DirectIo.FILE_BYTES
                || !PageCache.lacks(file(), sizeBytes())) {
            return Optional.empty();
        }
        try {
            Optional<OpenOption> option = DirectIo.option(known);
            if (option.isEmpty()) {
                return Optional.empty();
            }
            if (!isUnchanged(known)) {
                // To open it might wait.
                return Optional.empty();
            }
            Set<OpenOption> options = reading(links);
            options.add(option.get());
            FileChannel opened = FileChannel.open(known, options);
            pastPageCache = opened;
            // The path may lead to another file by now.
            return Optional.of(opened).filter(same -> isUnchanged(known));
        } catch (IOException | UnsupportedOperationException noDirectIo) {
            return Optional.empty();
        }
    }

    private SourceIdentity look(Path known) throws IOException {
        return SourceIdentity.of(Files.readAttributes(known, BasicFileAttributes.class, links));
    }

    private SourceIdentity lookAfterwards(Path known) {
        try {
            return look(known);
        } catch (NoSuchFileException gone) {
            throw new SourceChanged(
                    name
                            + " was removed or renamed while it was copied, and may have been"
                            + " changed before; copy it again from where it is now");
        } catch (IOException problem) {
            throw FileProblem.of("looking at " + name + " once more", problem);
        }
    }

    private boolean isUnchanged(Path known) {
        try {
            return look(known).isSameAs(identity);
        } catch (IOException gone) {
            return false;
        }
    }

    /**
     * After the copy: what was read is the whole of it, and one state of it.
     *
     * @throws SourceChanged if somebody wrote to it, or took it away, meanwhile
     * @throws CommandFailure if reading it failed, or it cannot be looked at any more
     */
    void requireWhole(long copiedBytes) {
        IOException problem = pump == null ? null : pump.failure();
        if (problem != null) {
            throw FileProblem.of("reading " + name, problem);
        }
        Path known = path;
        if (known == null) {
            return;
        }
        SourceIdentity now = lookAfterwards(known);
        boolean same =
                file == null
                        // Files of /proc are as new as the look at them.
                        ? now.sizeBytes() == identity.sizeBytes()
                        : now.isSameAs(identity) && copiedBytes == identity.sizeBytes();
        if (!same) {
            throw new SourceChanged(
                    "%s changed while it was copied (%d bytes of %s then, %d bytes of %s now, %d read); copy it again when nobody writes to it"
                            .formatted(
                                    name,
                                    identity.sizeBytes(),
                                    identity.modified(),
                                    now.sizeBytes(),
                                    now.modified(),
                                    copiedBytes));
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
        FileChannel direct = pastPageCache;
        if (direct != null) {
            direct.close();
        }
        if (pump != null) {
            pump.close();
        }
    }
}
