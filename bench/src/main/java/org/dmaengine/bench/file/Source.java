package org.dmaengine.bench.file;

import org.dmaengine.bench.Skip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What {@code copy} and {@code cp} have to copy. */
enum Source {
    FILE("a file of 1 GiB") {
        @Override
        void make(Path at) throws IOException, Skip {
            TestFile.make(at, 1L << 30);
        }
    },
    TREE("4,000 files of 1 to 64 KiB") {
        @Override
        void make(Path at) throws IOException {
            Tree.make(at, 4000);
        }
    },
    LARGE_FILE("a file of 4 GiB") {
        @Override
        void make(Path at) throws IOException, Skip {
            TestFile.make(at, 4L << 30);
        }
    },
    LARGE_TREE("20,000 files of 1 to 64 KiB") {
        @Override
        void make(Path at) throws IOException {
            Tree.make(at, 20_000);
        }
    };

    private final String title;

    Source(String title) {
        this.title = title;
    }

    /**
     * What a run copies.
     *
     * @param large for a run that may take half an hour
     */
    static List<Source> of(boolean large) {
        return large ? List.of(LARGE_FILE, LARGE_TREE) : List.of(FILE, TREE);
    }

    /** Makes it where nothing is. */
    abstract void make(Path at) throws IOException, Skip;

    String title() {
        return title;
    }

    /** Into the page cache. */
    static void warm(Path source) throws IOException {
        for (Path file : Tree.files(source)) {
            TestFile.warm(file);
        }
    }
}
