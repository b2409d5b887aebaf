import com.sun.nio.file.ExtendedOpenOption;

import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** How a file is accessed: the same for everybody who is compared. */
record Access(
        Path file,
        long blocks,
        boolean writing,
        int block,
        int depth,
        boolean random,
        boolean direct) {

    /** What the JDK's channels are opened with. */
    Set<OpenOption> options() {
        Set<OpenOption> options = new HashSet<>(Set.of(StandardOpenOption.READ));
        if (writing) {
            options.add(StandardOpenOption.WRITE);
        }
        if (direct) {
            options.add(ExtendedOpenOption.DIRECT);
        }
        return options;
    }

    ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(block + 4096).alignedSlice(4096).limit(block);
    }

    String title() {
        String where = direct ? "direct" : "cached";
        String unit = block < 1 << 20 ? (block >> 10) + "K" : (block >> 20) + "M";
        return "%s-%s-%s-depth-%d".formatted(where, unit, writing ? "write" : "read", depth);
    }

    /** Where the next block is; of one thread. */
    static final class Offsets {
        private final Access access;
        private final SplittableRandom random = new SplittableRandom(7);
        private long position;

        Offsets(Access access) {
            this.access = access;
        }

        long next() {
            long at =
                    access.random()
                            ? random.nextLong(access.blocks())
                            : position++ % access.blocks();
            return access.block() * at;
        }
    }
}
