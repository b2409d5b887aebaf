package org.dmaengine.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that appears whole or not at all. */
final class WholeFile {
    private WholeFile() {}

    static void write(Path file, String text) throws IOException {
        long process = ProcessHandle.current().pid();
        Path partial = file.resolveSibling("." + file.getFileName() + "." + process + ".part");
        try (FileChannel channel = FileChannel.open(partial, CREATE_NEW, WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            Files.move(partial, file, ATOMIC_MOVE);
        } catch (IOException failed) {
            Files.deleteIfExists(partial);
            throw failed;
        }
    }
}
