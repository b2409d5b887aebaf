package org.dmaengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.engine.sim.Choices;
import org.dmaengine.spi.Scheduler;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** What watches memory and threads sees what it is there for. */
class WatchersTest {
    @Test
    void shouldSeeWriteOnEitherSideOfGuardedBuffer() {
        try (Arena arena = Arena.ofConfined()) {
            GuardedBuffer buffer = GuardedBuffer.allocate("b", arena, 100);
            buffer.segment().fill((byte) 1);
            assertThatCode(buffer::check).doesNotThrowAnyException();
            around(buffer, -1);
            assertThatThrownBy(buffer::check)
                    .hasMessageContaining("before it")
                    .hasMessageContaining("-1");
            GuardedBuffer other = GuardedBuffer.allocate("c", arena, 100);
            around(other, 100);
            assertThatThrownBy(other::check)
                    .hasMessageContaining("behind it")
                    .hasMessageContaining("100");
        }
    }

    @SuppressWarnings("restricted") // One byte beside the buffer, inside its guard.
    private static void around(GuardedBuffer buffer, long offset) {
        MemorySegment.ofAddress(buffer.segment().address() + offset)
                .reinterpret(1)
                .set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
    }

    @Test
    void shouldSeeLateWrite() {
        MemorySegment memory = MemorySegment.ofArray(new byte[100_000]);
        LateWriteDetector detector = new LateWriteDetector();
        detector.freed("transfer 7 on channel x", memory);
        detector.watch(Duration.ofMillis(1));
        memory.set(ValueLayout.JAVA_BYTE, 99_999, (byte) 0);
        assertThatThrownBy(detector::check)
                .hasMessageContaining("transfer 7 on channel x")
                .hasMessageContaining("offset 99999");
        detector.forget();
        detector.check();
    }

    @Test
    void shouldFailWhereSomethingHangs() {
        BoundedWaits waits = new BoundedWaits(Duration.ofMillis(20));
        CountDownLatch never = new CountDownLatch(1);
        assertThatThrownBy(() ->
                        waits.within(
                                "waiting",
                                () -> {
                                    never.await();
                                    return "";
                                }))
                .hasMessageContaining("waiting did not return within 20 ms")
                .hasRootCauseMessage("where it hangs: contract waiting");
        assertThatThrownBy(() -> waits.eventually("a miracle", () -> false))
                .hasMessageContaining("a miracle");
        never.countDown();
        waits.join();
    }

    @Test
    void shouldPassOnWhatWasThrown() {
        BoundedWaits waits = new BoundedWaits(Duration.ofSeconds(5));
        IllegalStateException thrown = new IllegalStateException("as it was");
        assertThatThrownBy(() ->
                        waits.runWithin(
                                "throwing",
                                () -> {
                                    throw thrown;
                                }))
                .isSameAs(thrown);
    }

    @Test
    void shouldTellWhatWasThrownAndNotAskedFor() {
        IllegalStateException thrown = new IllegalStateException("lost");
        BoundedWaits asked = new BoundedWaits(Duration.ofSeconds(5));
        var running = asked.start("throwing", () -> fail(thrown));
        assertThatThrownBy(running::result).isSameAs(thrown);
        asked.join();

        BoundedWaits waits = new BoundedWaits(Duration.ofSeconds(5));
        waits.start("returning", () -> "");
        waits.start("throwing", () -> fail(thrown));
        assertThatThrownBy(waits::join).hasMessageContaining("throwing threw").hasCause(thrown);
    }

    @Test
    void shouldTellWhatPartyThrewAndNobodyAskedFor() {
        IllegalStateException thrown = new IllegalStateException("lost");
        Parties parties =
                new Parties(
                        new ScenarioClock(
                                Scheduler.system(), Duration.ofSeconds(5), Choices.of(1)));
        Party<String> party = parties.start("asked", () -> fail(thrown));
        assertThatThrownBy(party::result).isSameAs(thrown);
        Problems none = new Problems();
        parties.close(none);
        assertThat(none.isEmpty()).isTrue();

        parties.start("throwing", () -> fail(thrown));
        Problems problems = new Problems();
        parties.close(problems);
        assertThatThrownBy(() -> problems.throwAll("after"))
                .hasMessageContaining("throwing threw")
                .hasMessageContaining("lost");
    }

    private static String fail(RuntimeException thrown) {
        throw thrown;
    }

    @Test
    void shouldLetThroughWhatIsAllowed() throws IOException {
        GatedChannel gate = new GatedChannel();
        gate.allow(3);
        ByteBuffer buffer = ByteBuffer.allocate(10);
        assertThat(gate.read(buffer)).isEqualTo(3);
        assertThat(buffer.get(2)).isEqualTo(DmaPattern.copied(2));
        gate.fail(new IOException("broken"));
        assertThatThrownBy(() -> gate.read(buffer)).hasMessage("broken");
    }
}
