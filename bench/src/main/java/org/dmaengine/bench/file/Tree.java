package org.dmaengine.bench.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A tree of small files, the same each time: 200 in each folder, of 1 to 64 KiB. */
final class Tree {
    private static final int FOLDER_FILES = 200;
    private static final int LENGTH_MIN_BYTES = 1 << 10;
    private static final int LENGTH_MAX_BYTES = 64 << 10;

    private Tree() {}

    static void make(Path root, int files) throws IOException {
        Random random = new Random(7);
        Files.createDirectory(root);
        for (int i = 0; i < files; i++) {
            Path folder = root.resolve(Integer.toString(i / FOLDER_FILES));
            if (i % FOLDER_FILES == 0) {
                Files.createDirectory(folder);
            }
            byte[] content = new byte[random.nextInt(LENGTH_MIN_BYTES, LENGTH_MAX_BYTES + 1)];
            random.nextBytes(content);
            Files.write(folder.resolve(Integer.toString(i)), content);
        }
    }

    /** All files of it; the file itself if it is none. */
    static List<Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** What all files of it hold. */
    static long bytes(Path root) throws IOException {
        long bytes = 0;
        for (Path each : files(root)) {
            bytes += Files.size(each);
        }
        return bytes;
    }

    /** Takes the bytes of all files of it, and leaves the files. */
    static void empty(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        for (Path each : files(root)) {
            try (FileChannel file = FileChannel.open(each, StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
        }
    }
}
