package org.dmaengine.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A file to test with. It has no name: on the systems where an engine does files it is gone from
 * its folder as soon as it is open, so nothing is left over, however the test ends.
 */
final class TestFile {
    private static final Set<StandardOpenOption> MODES =
            EnumSet.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);

    private final FileChannel channel;

    private TestFile(FileChannel channel) {
        this.channel = channel;
    }

    static TestFile create(Path folder, boolean direct) {
        try {
            return new TestFile(open(folder, direct));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static FileChannel open(Path folder, boolean direct) throws IOException {
        Set<OpenOption> options = new HashSet<>(MODES);
        if (direct) {
            options.add(
                    DirectIo.option()
                            .orElseThrow(() ->
                                    new UnsupportedOperationException(
                                            "this Java has no direct I/O")));
        }
        Path path = folder.resolve(".dmaengine-test-" + UUID.randomUUID());
        try {
            return FileChannel.open(path, options);
        } catch (IOException refused) {
            // Linux makes the file before it finds out that its file system has no direct I/O.
            Files.deleteIfExists(path);
            throw refused;
        }
    }

    /** Why there can be no such file in a folder, if there cannot. */
    static Optional<String> refusal(Path folder, boolean direct) {
        try (FileChannel probe = open(folder, direct)) {
            return probe.isOpen() ? Optional.empty() : Optional.of("it does not open");
        } catch (IOException | UnsupportedOperationException refused) {
            return Optional.of(
                    "%s in %s: %s"
                            .formatted(
                                    direct ? "no direct I/O" : "no files",
                                    folder,
                                    Closing.words(refused)));
        }
    }

    /** What direct I/O wants addresses, offsets and lengths to be multiples of. */
    static long blockBytes(Path folder) {
        try {
            return Files.getFileStore(folder).getBlockSize();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    FileChannel channel() {
        return channel;
    }

    /** Makes it so long, each byte by its position. */
    void fillWithContent(long bytes, MemorySegment window) {
        for (long at = 0; at < bytes; at += window.byteSize()) {
            Content.fill(window, 0, window.byteSize(), at);
            write(window, at);
        }
        truncate(bytes);
    }

    /** It must be as it was made; says what is not. */
    Optional<String> checkContent(long bytes, MemorySegment window) {
        for (long at = 0; at < bytes; at += window.byteSize()) {
            long length = Math.min(window.byteSize(), bytes - at);
            readAll(window, at, length);
            Optional<String> wrong = Content.check("source", window, 0, length, at);
            if (wrong.isPresent()) {
                return Optional.of("the file that is only read, at " + at + ": " + wrong.get());
            }
        }
        return Optional.empty();
    }

    /** All of the window, from there. */
    void read(MemorySegment window, long offset) {
        readAll(window, offset, window.byteSize());
    }

    private void readAll(MemorySegment window, long offset, long length) {
        // Direct I/O wants whole blocks, also where the file ends before.
        ByteBuffer buffer = window.asByteBuffer();
        try {
            while (buffer.position() < length) {
                if (channel.read(buffer, offset + buffer.position()) < 0) {
                    throw new EOFException("at " + (offset + buffer.position()));
                }
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** All of the window, to there. */
    void write(MemorySegment window, long offset) {
        ByteBuffer buffer = window.asByteBuffer();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer, offset + buffer.position());
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private void truncate(long bytes) {
        try {
            channel.truncate(bytes);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
