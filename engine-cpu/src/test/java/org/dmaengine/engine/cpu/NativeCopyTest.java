package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.dmaengine.DmaArena;
import org.dmaengine.spi.Scheduler;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Chunks that the C library moves, where it can be called. */
class NativeCopyTest {
    private static final long BYTES = 1 << 20;
    private static final byte FREE = 0x55;

    @BeforeEach
    void link() {
        assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
        assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
        await().until(NativeCopyCalls::isReady);
    }

    @Test
    void shouldCopyEveryByteAndNoOther() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (DmaArena arena = DmaArena.open()) {
            MemorySegment source = arena.allocate(BYTES);
            for (long i = 0; i < BYTES; i++) {
                source.set(JAVA_BYTE, i, CpuBench.patternAt(i));
            }
            MemorySegment target = arena.allocate(BYTES);
            for (int round = 0; round < 200; round++) {
                int length = random.nextInt((int) CopyLoop.CACHED_CHUNK_BYTES + 1);
                int from = random.nextInt(4096);
                // Often a few bytes apart in their pages, where the method is another.
                int to = random.nextBoolean() ? random.nextInt(4096) : from + random.nextInt(66);
                target.fill(FREE);
                CopyLoop.copy(source, from, target, to, length);
                MemorySegment expected = arena.allocate(BYTES).fill(FREE);
                expected.asSlice(to, length).copyFrom(source.asSlice(from, length));
                assertThat(target.mismatch(expected))
                        .as("%d bytes from %d to %d, seed %d", length, from, to, seed)
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    @DisplayName("P9: where no thread can be had to link it, the copy that asked does not fail")
    void shouldGoOnWithoutThreadToLink() {
        assertThatCode(() -> NativeCopyCalls.startLinking(new NoThreads()))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseWhatLiesOutside() {
        try (DmaArena arena = DmaArena.open()) {
            MemorySegment some = arena.allocate(100_000);
            MemorySegment more = arena.allocate(200_000);
            assertThatThrownBy(() -> CopyLoop.copy(some, 1, more, 0, 100_000))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> CopyLoop.copy(more, 0, some, 1, 100_000))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldRefuseFreedMemory() {
        DmaArena arena = DmaArena.open();
        MemorySegment source = arena.allocate(100_000);
        MemorySegment target = arena.allocate(100_000);
        arena.close();
        assertThatThrownBy(() -> CopyLoop.copy(source, 0, target, 0, 100_000))
                .isInstanceOf(IllegalStateException.class);
    }

    /** The system has no more threads. */
    private static final class NoThreads implements Scheduler {
        @Override
        public Thread start(String name, Runnable body) {
            throw new OutOfMemoryError("unable to create native thread");
        }

        @Override
        public long nanoTime() {
            return Scheduler.system().nanoTime();
        }

        @Override
        public void park(long nanos) {
            throw new AssertionError("nobody waits here");
        }

        @Override
        public void unpark(Thread thread) {
            throw new AssertionError("nobody waits here");
        }
    }
}
