package org.dmaengine.bench.file;

import org.dmaengine.bench.Program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Takes files out of the page cache: all of it where that is permitted, and else file by file. */
public final class ColdFiles {
    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

    private ColdFiles() {}

    /** How it is done here, for the report. */
    public static String inWords() {
        return Files.isWritable(DROP_CACHES)
                ? "all, by " + DROP_CACHES
                : "file by file, by dd iflag=nocache";
    }

    /**
     * Of files that are on disk.
     *
     * @param source a file, or a tree of them
     */
    static void cool(Path source) throws IOException, InterruptedException {
        if (Files.isWritable(DROP_CACHES)) {
            Files.writeString(DROP_CACHES, "3\n");
            return;
        }
        for (Path file : Tree.files(source)) {
            List<String> drop = new ArrayList<>(List.of("dd", "iflag=nocache", "count=0"));
            drop.add("if=" + file);
            Program.run(drop);
        }
    }
}
