package org.dmaengine.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that appears whole or not at all. What is no regular file, such as a device or a pipe, is
 * written into; links are followed.
 */
final class WholeFile {
    private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

    private WholeFile() {}

    /**
     * Nothing is written yet.
     *
     * @throws IOException with the reason why nothing could be
     */
    static void requirePlace(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("it is a folder");
        }
        if (isReplaced(file)) {
            Path place = partial(file);
            Path folder = place.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                throw new IOException("there is no such folder");
            }
            Files.createFile(place);
            Files.delete(place);
        } else if (Files.exists(file) && !Files.isWritable(file)) {
            throw new IOException("that is not permitted");
        }
    }

    static void write(Path file, String text) throws IOException {
        if (isStandardOutput(file)) {
            // Opened once more, it would begin at the beginning of what it leads to.
            try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
                out.write(text.getBytes(UTF_8));
            }
        } else if (isReplaced(file)) {
            replace(file, text);
        } else {
            Files.writeString(file, text, CREATE, WRITE);
        }
    }

    private static boolean isStandardOutput(Path file) throws IOException {
        return Files.exists(file)
                && Files.exists(STANDARD_OUTPUT)
                && Files.isSameFile(file, STANDARD_OUTPUT);
    }

    private static boolean isReplaced(Path file) {
        return Files.isRegularFile(file) || !Files.exists(file, NOFOLLOW_LINKS);
    }

    private static void replace(Path file, String text) throws IOException {
        Path partial = partial(file);
        try (FileChannel channel = FileChannel.open(partial, CREATE_NEW, WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            Files.move(partial, target(file), ATOMIC_MOVE);
        } catch (IOException failed) {
            Files.deleteIfExists(partial);
            throw failed;
        }
    }

    private static Path partial(Path file) throws IOException {
        Path target = target(file);
        long process = ProcessHandle.current().pid();
        return target.resolveSibling("." + target.getFileName() + "." + process + ".part");
    }

    /** Behind all links. */
    private static Path target(Path file) throws IOException {
        return Files.exists(file) ? file.toRealPath() : file;
    }
}
