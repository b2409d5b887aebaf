package org.dmaengine.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The kernel's way to write down sets of cores: {@code 0-3,8}. */
final class CoreList {
    private CoreList() {}

    /** Of a file of the kernel; not every kernel has it. */
    static Optional<List<Integer>> readIfThere(String file) throws IOException {
        try {
            return Optional.of(parse(Files.readString(Path.of(file))));
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        }
    }

    static List<Integer> parse(String text) {
        return Stream.of(text.strip().split(",", -1))
                .flatMapToInt(CoreList::range)
                .boxed()
                .toList();
    }

    private static IntStream range(String part) {
        String[] ends = part.split("-", -1);
        int first = Integer.parseInt(ends[0]);
        return IntStream.rangeClosed(first, Integer.parseInt(ends[ends.length - 1]));
    }
}
