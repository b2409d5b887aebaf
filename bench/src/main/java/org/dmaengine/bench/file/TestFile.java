package org.dmaengine.bench.file;

import org.dmaengine.bench.Skip;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** A file of random bytes, on disk. */
final class TestFile {
    private static final int PIECE_BYTES = 1 << 20;

    private TestFile() {}

    /**
     * @throws Skip if the file system has no room for it and as much again
     */
    static void make(Path file, long bytes) throws IOException, Skip {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && Files.getFileStore(folder).getUsableSpace() < 2 * bytes) {
            throw new Skip("no room for twice " + bytes + " bytes in " + folder);
        }
        Random random = new Random(7);
        byte[] piece = new byte[PIECE_BYTES];
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (channel) {
            for (long left = bytes; left > 0; left -= PIECE_BYTES) {
                random.nextBytes(piece);
                ByteBuffer rest = ByteBuffer.wrap(piece, 0, (int) Math.min(left, PIECE_BYTES));
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
            }
            channel.force(true);
        } catch (IOException | RuntimeException | Error failed) {
            Files.delete(file);
            throw failed;
        }
    }

    /** Into the page cache, as far as something has pushed it out. */
    static void warm(Path file) throws IOException {
        Files.copy(file, OutputStream.nullOutputStream());
    }
}
