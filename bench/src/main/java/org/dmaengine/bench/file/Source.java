package org.dmaengine.bench.file;

import org.dmaengine.bench.Skip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code copy} and {@code cp} have to copy. */
enum Source {
    FILE {
        @Override
        void make(Path at) throws IOException, Skip {
            TestFile.make(at, FILE_BYTES);
        }
    },
    TREE {
        @Override
        void make(Path at) throws IOException, Skip {
            Tree.make(at, TREE_FILES);
        }
    };

    private static final long FILE_BYTES = 1 << 30;
    private static final int TREE_FILES = 4000;
    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

    /** Makes it where nothing is. */
    abstract void make(Path at) throws IOException, Skip;

    String title() {
        return this == FILE ? "a file of 1 GiB" : "4,000 files of 1 to 64 KiB";
    }

    /** Into the page cache. */
    static void warm(Path source) throws IOException {
        for (Path file : Tree.files(source)) {
            TestFile.warm(file);
        }
    }

    /** Out of the page cache: all of it where that is permitted, and else file by file. */
    static void cool(Path source) throws IOException, InterruptedException {
        if (Files.isWritable(DROP_CACHES)) {
            Files.writeString(DROP_CACHES, "3\n");
            return;
        }
        for (Path file : Tree.files(source)) {
            List<String> drop = new ArrayList<>(List.of("dd", "iflag=nocache", "count=0"));
            drop.add("if=" + file);
            Programs.run(drop);
        }
    }
}
