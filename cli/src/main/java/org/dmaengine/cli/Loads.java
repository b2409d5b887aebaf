package org.dmaengine.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All kinds of transfers that an engine can do here, with the buffers that they share. */
final class Loads {
    private final TestBench bench;
    private final Buffers buffers;
    private final List<Load> all = new ArrayList<>();

    /** With buffers of at least so many bytes. */
    Loads(TestBench bench, long bufferBytes) {
        this.bench = bench;
        List<LoadKind> kinds = LoadKind.all(bench.channel().engine(), bench.options().folder());
        long blockBytes = kinds.stream().mapToLong(kind -> kind.blockBytes(bench)).max().orElse(1);
        this.buffers = new Buffers(bench, bufferBytes, blockBytes);
        kinds.forEach(kind -> all.add(kind.open(bench, buffers)));
    }

    Buffers buffers() {
        return buffers;
    }

    /** One of them, or all at once, as streams and files meet on a busy channel. */
    List<Load> some() {
        int index = bench.random().nextInt(all.size() + 1);
        return index == all.size() ? all : List.of(all.get(index));
    }

    /** After the last round. */
    void close() {
        buffers.checkAll();
        for (Load load : all) {
            Optional<String> wrong = load.close();
            if (wrong.isPresent()) {
                throw new TestFailure(wrong.get());
            }
        }
    }
}
