package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Lines of JSON beside the target that say what an interrupted copy may build on. It is only ever
 * appended to, or begun anew, so that a crash can tear its last line at most, and a torn line is
 * ignored: it claims less then, never more.
 *
 * <p>Made with its first line. One thread at a time.
 */
final class Journal implements AutoCloseable {
    private final Path target;
    // Its position is where the file ends, but while it is read.
    private @Nullable FileChannel channel;

    private Journal(Path target, @Nullable FileChannel channel) {
        this.target = target;
        this.channel = channel;
    }

    /** None yet. What an earlier copy to this target left is dropped. */
    static Journal fresh(Path target) throws IOException {
        discard(Siblings.journal(target));
        return new Journal(target, null);
    }

    /** None yet, and none was left, as is known. */
    static Journal first(Path target) {
        return new Journal(target, null);
    }

    /** The one that an earlier copy left, to be gone on with; empty if there is none. */
    static Optional<Journal> leftOver(Path target) throws IOException {
        try {
            FileChannel left = OwnFile.openLeftOver(Siblings.journal(target)).channel();
            left.position(left.size());
            return Optional.of(new Journal(target, left));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    private static void discard(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            // As it should be, and as it is for nearly every file of a tree.
            return;
        }
        try {
            OwnFile.discardLeftOver(path);
        } catch (NoSuchFileException none) {
            // Gone meanwhile.
        }
    }

    /** All whole lines, of the journal of a file: it has few. */
    List<Map<String, Object>> entries() throws IOException {
        List<Map<String, Object>> entries = new ArrayList<>();
        forEach(entries::add);
        return entries;
    }

    /** All whole lines, one after the other: that of a tree may have millions. */
    void forEach(Consumer<Map<String, Object>> reader) throws IOException {
        boolean _ =
                hasAny(entry -> {
                    reader.accept(entry);
                    return false;
                });
    }

    /** Whether there is such a line; what stands behind it is not read. */
    boolean hasAny(Predicate<Map<String, Object>> such) throws IOException {
        FileChannel file = channel;
        if (file == null) {
            return false;
        }
        file.position(0);
        try {
            // Not closed: that would close the file.
            BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    Channels.newInputStream(file), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Optional<Map<String, Object>> entry = Json.parse(line);
                if (entry.isPresent() && such.test(entry.get())) {
                    return true;
                }
            }
            return false;
        } finally {
            file.position(file.size());
        }
    }

    /** These in place of all that is there. */
    void restart(List<Map<String, Object>> entries) throws IOException {
        FileChannel file = channel;
        if (file != null) {
            file.truncate(0);
        }
        append(entries);
    }

    void append(Map<String, Object> entry) throws IOException {
        append(List.of(entry));
    }

    /** Several lines, with one call to the system. */
    void append(List<Map<String, Object>> entries) throws IOException {
        FileChannel file = channel;
        if (file == null) {
            file = create();
            channel = file;
        }
        // A line break in front too: the last line may be torn.
        StringBuilder text = new StringBuilder(file.position() == 0 ? "" : "\n");
        entries.forEach(entry -> text.append(Json.line(entry)).append('\n'));
        ByteBuffer lines = StandardCharsets.UTF_8.encode(text.toString());
        while (lines.hasRemaining()) {
            file.write(lines);
        }
    }

    private FileChannel create() throws IOException {
        Path path = Siblings.journal(target);
        try {
            return OwnFile.create(path).channel();
        } catch (FileAlreadyExistsException takenMeanwhile) {
            throw new CommandFailure(
                    path + " was put in the way of the copy while it ran; remove it",
                    takenMeanwhile);
        }
    }

    /** The copy is whole: there is nothing to resume. */
    void delete() throws IOException {
        FileChannel file = channel;
        if (file != null) {
            Files.deleteIfExists(Siblings.journal(target));
            file.close();
            channel = null;
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel file = channel;
        if (file != null) {
            file.close();
        }
    }
}
