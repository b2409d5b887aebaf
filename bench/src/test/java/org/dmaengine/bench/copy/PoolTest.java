package org.dmaengine.bench.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Set;

class PoolTest {
    private static final long BYTES = 4096;
    private static final int BLOCKS = 8;
    private static final Blocks COLD = new Blocks(BYTES, true, 1);
    private static final Blocks HOT = new Blocks(BYTES, false, 1);

    @Test
    void shouldFindThatNothingWasCopied() {
        try (Arena arena = Arena.ofConfined()) {
            Pool pool = new Pool(arena, HOT, BYTES, 1);
            pool.target().copyFrom(pool.source());
            pool.spoil();

            assertThatIllegalStateException().isThrownBy(pool::verify);
        }
    }

    @Test
    void shouldFindTheOneBlockThatWasNotCopied() {
        try (Arena arena = Arena.ofConfined()) {
            Pool pool = new Pool(arena, COLD, BYTES * BLOCKS, 1);
            pool.target().copyFrom(pool.source());
            pool.spoil();
            for (int block = 0; block < BLOCKS; block++) {
                if (block != 5) {
                    copy(pool, block);
                }
            }

            assertThatIllegalStateException()
                    .isThrownBy(pool::verify)
                    .withMessageStartingWith("block 5 ");

            copy(pool, 5);
            pool.verify();
        }
    }

    @Test
    void shouldTakeColdBlocksInAnyOrderAndEachOnce() {
        try (Arena arena = Arena.ofConfined()) {
            Pool pool = new Pool(arena, COLD, BYTES * BLOCKS, 1);
            Set<Long> places = new HashSet<>();
            for (int block = 0; block < BLOCKS; block++) {
                places.add(pool.place(block));
            }

            assertThat(places).hasSize(BLOCKS).allMatch(place -> place % BYTES == 0);
            assertThat(pool.place(BLOCKS)).isEqualTo(pool.place(0));
        }
    }

    private static void copy(Pool pool, int block) {
        long at = pool.place(block);
        pool.target().asSlice(at, BYTES).copyFrom(pool.source().asSlice(at, BYTES));
    }
}
