package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import org.dmaengine.spi.Scheduler;
import org.junit.jupiter.api.Test;

import java.util.function.LongUnaryOperator;

class PaceTest {
    private static final long MIB = 1 << 20;

    /** A clock that stands, but for what {@link #move} adds. */
    private static final class Clock implements Scheduler {
        private long nanos;
        private int looks;

        @Override
        public long nanoTime() {
            looks++;
            return nanos;
        }

        @Override
        public void park(long most) {}

        @Override
        public void unpark(Thread thread) {}

        @Override
        public Thread start(String name, Runnable body) {
            throw new IllegalStateException("nothing is to be started");
        }
    }

    private final Clock clock = new Clock();
    private final Pace pace = new Pace(clock);

    // Of the chunks of the last move.
    private long longest;
    private long streamedBytes;

    /**
     * @param nanosOfChunk how long a chunk of so many bytes takes
     */
    private void move(long totalBytes, LongUnaryOperator nanosOfChunk) {
        longest = 0;
        streamedBytes = 0;
        long done = 0;
        while (done < totalBytes) {
            long chunk = pace.begin(totalBytes, done);
            assertThat(chunk).isBetween(1L, totalBytes - done);
            longest = Math.max(longest, chunk);
            if (chunk > CopyLoop.CACHED_CHUNK_BYTES) {
                streamedBytes += chunk;
            }
            clock.nanos += nanosOfChunk.applyAsLong(chunk);
            done += chunk;
            pace.end(totalBytes, done);
        }
    }

    @Test
    void shouldNotLookAtTheClockForOneChunk() {
        move(256 << 10, chunk -> chunk);
        assertThat(longest).isEqualTo(256 << 10);
        assertThat(clock.looks).isZero();
    }

    @Test
    void shouldSendUpTo16MibThroughTheCache() {
        move(16 * MIB, chunk -> chunk / 40);
        assertThat(longest).isEqualTo(CopyLoop.CACHED_CHUNK_BYTES);
    }

    @Test
    void shouldTakeSmallChunksOfSlowMemory() {
        move(64 * MIB, chunk -> 10 * chunk);
        assertThat(longest).isEqualTo(64 << 10);
    }

    @Test
    void shouldStreamWhereThatIsFaster() {
        move(256 * MIB, chunk -> chunk > CopyLoop.CACHED_CHUNK_BYTES ? chunk / 20 : chunk / 16);
        assertThat(streamedBytes).isGreaterThan(230 * MIB);
    }

    @Test
    void shouldNotStreamWhereThatIsSlower() {
        linked();
        move(256 * MIB, chunk -> chunk > CopyLoop.CACHED_CHUNK_BYTES ? chunk / 16 : chunk / 20);
        assertThat(streamedBytes).isPositive().isLessThan(16 * MIB);
    }

    @Test
    void shouldLearnThatItHasChanged() {
        linked();
        move(
                256 * MIB,
                chunk ->
                        chunk > CopyLoop.CACHED_CHUNK_BYTES == clock.nanos < 5_000_000
                                ? chunk / 20
                                : chunk / 10);
        assertThat(streamedBytes).isBetween(48 * MIB, 150 * MIB);
    }

    private static void linked() {
        assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
        assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
        await().until(NativeCopyCalls::isReady);
    }
}
