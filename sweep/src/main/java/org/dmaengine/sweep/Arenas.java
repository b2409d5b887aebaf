package org.dmaengine.sweep;

import org.dmaengine.ClosePolicy;
import org.dmaengine.DmaArena;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** The memory of a run: arenas cut into regions, each used by one transfer at a time. */
final class Arenas {
    static final int LENGTH_MAX = 256;
    private static final int REGIONS = 24;
    private static final int ARENAS = 2;
    private static final Duration CLOSE_TIMEOUT = Duration.ofNanos(20_000);

    /** What a target holds before a transfer, and what it holds once its transfer is over. */
    static final byte FRESH = 0x5a;

    static final byte FREED = (byte) 0xdd;

    private static final MemorySegment ALL_FRESH = filled(FRESH);
    private static final MemorySegment ALL_FREED = filled(FREED);

    private static MemorySegment filled(byte value) {
        MemorySegment memory = Arena.ofAuto().allocate(LENGTH_MAX);
        memory.fill(value);
        return memory;
    }

    /** Where the transfers of one thread or another copy from and to. */
    static final class Region {
        final Shadow arena;
        private final MemorySegment source;
        private final MemorySegment target;
        @Nullable TransferShadow user;
        private int tag;

        Region(Shadow arena, MemorySegment memory) {
            this.arena = arena;
            this.source = memory.asSlice(0, LENGTH_MAX);
            this.target = memory.asSlice(LENGTH_MAX, LENGTH_MAX);
        }

        MemorySegment source() {
            return source;
        }

        MemorySegment target() {
            return target;
        }

        boolean isFree() {
            return (user == null || user.outcome != null) && arena.isAlive();
        }

        /** For a new transfer; what an old one left must be untouched since. */
        void prepare() {
            if (user != null && target.mismatch(ALL_FREED) != -1) {
                throw new Violation("C2", "memory was written after the outcome of " + user);
            }
            user = null;
            source.fill((byte) (0x80 | tag++));
            target.fill(FRESH);
        }

        /** The transfer is over: looks at its bytes, and marks the target as nobody's. */
        void checkBytes(TransferShadow transfer, BiConsumer<String, String> violated) {
            long moved = transfer.bytes;
            if (transfer.action == Action.COPY || transfer.action == Action.HOT_COPY) {
                if (MemorySegment.mismatch(source, 0, moved, target, 0, moved) != -1) {
                    violated.accept("C2", "not all of " + moved + " bytes were moved: " + transfer);
                }
                boolean beyond =
                        MemorySegment.mismatch(
                                        target, moved, LENGTH_MAX, ALL_FRESH, moved, LENGTH_MAX)
                                != -1;
                if (beyond && !transfer.torn) {
                    violated.accept("C5", "more than " + moved + " bytes were moved: " + transfer);
                }
            }
            target.fill(FREED);
        }
    }

    /** One arena, from its opening to its end. */
    static final class Shadow {
        final DmaArena arena;
        final ClosePolicy policy;
        final List<Region> regions = new ArrayList<>();
        boolean closing;
        boolean freed;
        boolean withheld;

        Shadow(ClosePolicy policy) {
            this.policy = policy;
            this.arena = DmaArena.open(policy);
            MemorySegment memory = arena.allocate(REGIONS * 2L * LENGTH_MAX, 64);
            for (int i = 0; i < REGIONS; i++) {
                regions.add(new Region(this, memory.asSlice(i * 2L * LENGTH_MAX, 2L * LENGTH_MAX)));
            }
        }

        /** One that is withheld is freed when the last proof arrives. */
        boolean isAlive() {
            return arena.scope().isAlive();
        }
    }

    private final List<Shadow> current = new ArrayList<>();
    private final List<Shadow> all = new ArrayList<>();

    Arenas() {
        for (int i = 0; i < ARENAS; i++) {
            current.add(open(i));
        }
    }

    private Shadow open(int choice) {
        ClosePolicy policy =
                switch (choice % 3) {
                    case 0 -> new ClosePolicy.Fail();
                    case 1 -> new ClosePolicy.TerminateThenDrain(CLOSE_TIMEOUT);
                    default -> new ClosePolicy.Drain();
                };
        Shadow shadow = new Shadow(policy);
        all.add(shadow);
        return shadow;
    }

    Shadow at(int choice) {
        return current.get(choice % ARENAS);
    }

    void replace(Shadow old, int choice) {
        int place = current.indexOf(old);
        if (place >= 0) {
            current.set(place, open(choice));
        }
    }

    List<Shadow> all() {
        return all;
    }

    /** A region that no transfer uses; null if there is none. */
    @Nullable Region take(int choice) {
        Shadow shadow = at(choice);
        for (int i = 0; i < REGIONS; i++) {
            Region region = shadow.regions.get((choice / ARENAS + i) % REGIONS);
            if (region.isFree()) {
                return region;
            }
        }
        return null;
    }
}
