package org.dmaengine.bench.file;

import org.dmaengine.bench.Case;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads and writes through engine io_uring, and {@code dmaengine copy}. */
public final class FileSuite implements Suite {
    private static final String NAME = "file";
    private static final int[] DEPTHS = {1, 32, 128};

    // Three contestants with a source and a target of 4 GiB each, and what else there is.
    private static final long LARGE_BYTES = 28_000_000_000L;

    private final boolean large;

    /**
     * @param large whether what is copied is large
     */
    public FileSuite(boolean large) {
        this.large = large;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String summary() {
        return "reads and writes by io_uring beside a bare ring, fio and the JDK; copy beside cp";
    }

    @Override
    public List<Case> cases() {
        AccessCases access = new AccessCases(name());
        List<Case> cases = new ArrayList<>();
        for (int depth : DEPTHS) {
            cases.add(access.of(Access.random(depth, false), Metric.SPEED));
        }
        cases.add(access.heap(Access.random(32, false)));
        for (int depth : DEPTHS) {
            cases.add(access.of(Access.random(depth, true), Metric.SPEED));
            cases.add(access.of(Access.random(depth, true), Metric.PROCESSOR));
        }
        for (boolean writing : new boolean[] {false, true}) {
            cases.add(access.of(Access.stream(writing), Metric.SPEED));
            cases.add(access.of(Access.stream(writing), Metric.PROCESSOR));
        }
        cases.addAll(CopyCases.all(name(), large));
        return cases;
    }

    /** Whether it is one of those that copy large files if that is wanted. */
    public static boolean copies(Case each) {
        return each.suite().equals(NAME) && each.name().startsWith(CopyCases.COPY);
    }

    /**
     * To be called before half an hour of measuring, not at its end.
     *
     * @throws Skip if the folder has too little room
     */
    public static void requireRoomForLarge(Path folder) throws Skip, IOException {
        requireRoom(folder, LARGE_BYTES);
    }

    static void requireRoom(Path folder, long bytes) throws Skip, IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes) {
            throw new Skip(
                    "--large needs %.1f GB in %s, and %.1f are free"
                            .formatted(bytes / 1e9, folder, free / 1e9));
        }
    }
}
