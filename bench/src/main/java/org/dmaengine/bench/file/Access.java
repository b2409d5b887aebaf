package org.dmaengine.bench.file;

import org.dmaengine.bench.Skip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How a file is accessed: the same for everybody who is compared.
 *
 * @param writing or else reading
 * @param blockBytes of each transfer
 * @param depth transfers in flight
 * @param random or else one block after the other
 * @param direct past the page cache, or else out of it and by one core
 */
record Access(boolean writing, int blockBytes, int depth, boolean random, boolean direct) {
    /** Where the kernel gives huge pages, everybody has them: memory begins where one can. */
    static final int HUGE_PAGE_BYTES = 2 << 20;

    /** Random reads of 4 KiB. */
    static Access random(int depth, boolean direct) {
        return new Access(false, 4 << 10, depth, true, direct);
    }

    /** 1 MiB after 1 MiB, past the page cache. */
    static Access stream(boolean writing) {
        return new Access(writing, 1 << 20, 8, false, true);
    }

    String title() {
        return (direct ? "direct " : "cached ")
                + (blockBytes < 1 << 20 ? (blockBytes >> 10) + " KiB" : (blockBytes >> 20) + " MiB")
                + (random ? " random " : " stream ")
                + (writing ? "writes" : "reads")
                + ", depth "
                + depth;
    }

    FileChannel open(Path file) throws IOException, Skip {
        try {
            return FileChannel.open(file, options());
        } catch (IOException | UnsupportedOperationException refused) {
            if (direct && Files.isReadable(file)) {
                throw new Skip("no direct access in " + file.getParent() + ": " + refused);
            }
            throw refused;
        }
    }

    /** What the JDK's channels are opened with. */
    Set<OpenOption> options() {
        Set<OpenOption> options = new HashSet<>(Set.of(StandardOpenOption.READ));
        if (writing) {
            options.add(StandardOpenOption.WRITE);
        }
        if (direct) {
            options.add(directOption());
        }
        return options;
    }

    // The compiler warns of the class by its name, whatever one asks it.
    private static OpenOption directOption() {
        try {
            for (Object option :
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (option.toString().equals("DIRECT")) {
                    return (OpenOption) option;
                }
            }
        } catch (ClassNotFoundException absent) {
            throw new UnsupportedOperationException("this JDK has no direct access", absent);
        }
        throw new UnsupportedOperationException("this JDK has no direct access");
    }

    /** For the JDK's channels: blocks side by side, as those of all others are. */
    List<ByteBuffer> buffers(int count) {
        // An aligned slice ends at a multiple, too.
        ByteBuffer memory =
                ByteBuffer.allocateDirect(count * blockBytes + 2 * HUGE_PAGE_BYTES)
                        .alignedSlice(HUGE_PAGE_BYTES);
        return IntStream.range(0, count)
                .mapToObj(i -> memory.slice(i * blockBytes, blockBytes))
                .toList();
    }

    /** Where the next block is; of one thread. */
    static final class Offsets {
        private final Access access;
        private final SplittableRandom random = new SplittableRandom(7);
        private final long blocks;
        private long position;

        Offsets(Access access, long fileBytes) {
            this.access = access;
            blocks = fileBytes / access.blockBytes();
        }

        long next() {
            long block = access.random() ? random.nextLong(blocks) : position++ % blocks;
            return access.blockBytes() * block;
        }
    }
}
