package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.CookieCallback;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.TransferState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Whether a worker that serves short copies is joined by a second one for those who wait (C14). */
class BriefTurnTest {
    private static final int BYTES = 64;

    private final SteppedCrew threads = new SteppedCrew();
    private final CpuBench bench = CpuBench.open(threads, "workers", "3", "small-workers", "2");
    private final MemorySegment source = bench.memory(BYTES, 1);
    private final MemorySegment target = bench.memory(BYTES);
    private final List<DmaChannel> channels = new ArrayList<>();
    private long cookie;

    @AfterEach
    void closeAll() {
        stepToTheEnd();
        channels.forEach(DmaChannel::close);
        bench.close();
    }

    private DmaChannel channel() {
        return channel(ChannelRequest.of(Capability.MEMCPY));
    }

    private DmaChannel channel(ChannelRequest request) {
        DmaChannel channel = bench.engine.requestChannel(request);
        channels.add(channel);
        return channel;
    }

    private void ringSmallCopy(DmaChannel channel) {
        cookie = channel.tryMemcpy(target, 0, source, 0, BYTES);
        channel.issuePending();
    }

    private void ringSmallCopy() {
        ringSmallCopy(channel());
    }

    /** Returns its target. */
    private MemorySegment ringLongCopy(DmaChannel channel, long bytes) {
        MemorySegment itsTarget = bench.memory(bytes);
        CpuBench.issue(channel, channel.prepMemcpy(itsTarget, bench.memory(bytes, 2)));
        return itsTarget;
    }

    private void stepToTheEnd() {
        while (threads.step()) {
            // One turn after the other.
        }
    }

    @Test
    @DisplayName("one worker serves some channels with small copies, time and again")
    void shouldCallNobodyForBriefTurns() {
        for (int i = 0; i < 20; i++) {
            ringSmallCopy();
        }
        stepToTheEnd();
        channels.forEach(this::ringSmallCopy);
        stepToTheEnd();

        assertThat(threads.workers()).isEqualTo(1);
        assertThat(channels.getLast().state(cookie)).isEqualTo(TransferState.COMPLETE);
    }

    @Test
    @DisplayName("where others wait during many turns, another worker is called")
    void shouldCallWhereOthersWaitForLong() {
        ringSmallCopy();
        ringSmallCopy();
        for (int turn = 1; turn < Crew.BRIEF_TURNS_MAX; turn++) {
            assertThat(threads.step()).isTrue();
            assertThat(threads.workers()).as("after turn %d", turn).isEqualTo(1);
            ringSmallCopy(channels.get((turn - 1) % 2));
        }
        threads.step();
        assertThat(threads.workers()).isEqualTo(2);

        for (int turn = 1; turn < 4 * Crew.BRIEF_TURNS_MAX; turn++) {
            threads.step();
            channels.forEach(this::ringSmallCopy);
            ringSmallCopy();
        }
        assertThat(threads.workers()).as("no more than small-workers").isEqualTo(2);
    }

    @Test
    @DisplayName("with a pause before that, the turns are counted anew")
    void shouldCountAnewAfterPause() {
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < Crew.BRIEF_TURNS_MAX / 2; i++) {
                ringSmallCopy();
            }
            stepToTheEnd();
        }

        assertThat(threads.workers()).isEqualTo(1);
    }

    @Test
    @DisplayName("C14: before a long copy another worker is called for those who wait")
    void shouldCallBeforeLongCopy() {
        List<Byte> movedThen = new ArrayList<>();
        MemorySegment itsTarget = ringLongCopy(channel(), 1 << 20);
        ringSmallCopy();
        threads.whenStarted(() -> movedThen.add(itsTarget.get(ValueLayout.JAVA_BYTE, 0)));
        threads.step();

        assertThat(threads.workers()).isEqualTo(2);
        assertThat(movedThen).containsExactly((byte) 0);
    }

    @Test
    @DisplayName("small copies that are many bytes together are no brief matter")
    void shouldCallBeforeManyBytes() {
        DmaChannel heavy = channel();
        MemorySegment from = bench.memory(16 << 10, 2);
        MemorySegment to = bench.memory(16 << 10);
        for (int i = 0; i < 20; i++) {
            heavy.tryMemcpy(to, 0, from, 0, 1000);
        }
        heavy.issuePending();
        ringSmallCopy();
        threads.step();

        assertThat(threads.workers()).isEqualTo(2);
    }

    @Test
    @DisplayName("a queue so deep that its termination takes long is no brief matter")
    void shouldCallBeforeDeepQueue() {
        ringSmallCopy(channel(ChannelRequest.of(Capability.MEMCPY).withDepth(1 << 20)));
        ringSmallCopy();
        threads.step();

        assertThat(threads.workers()).isEqualTo(2);
    }

    @Test
    @DisplayName("a doorbell beside a long copy calls another worker")
    void shouldCallBesideLongCopy() {
        ringLongCopy(channel(), 4 << 20);
        threads.step();
        assertThat(threads.workers()).isEqualTo(1);
        ringSmallCopy();

        assertThat(threads.workers()).isEqualTo(2);
    }

    @Test
    @DisplayName("small copies behind a long one are brief again")
    void shouldForgetLongCopy() {
        DmaChannel mixed = channel();
        ringLongCopy(mixed, 1 << 20);
        stepToTheEnd();
        ringSmallCopy(mixed);
        stepToTheEnd();
        ringSmallCopy(mixed);
        ringSmallCopy();
        stepToTheEnd();

        assertThat(threads.workers()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("C14: another worker is called before callbacks that run on this one")
    void shouldCallBeforeCallbacks(boolean onWorker) {
        ChannelRequest plain = ChannelRequest.of(Capability.MEMCPY);
        DmaChannel callsBack =
                channel(onWorker ? plain.withCallbackExecutor(Runnable::run) : plain);
        List<Integer> workersThen = new ArrayList<>();
        CookieCallback callback = (itsCookie, outcome, bytes) -> workersThen.add(threads.workers());
        callsBack.tryMemcpy(target, 0, source, 0, BYTES, callback);
        callsBack.issuePending();
        ringSmallCopy();
        threads.step();
        callsBack.synchronize();

        assertThat(workersThen).containsExactly(onWorker ? 2 : 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("memory that may be a file's is no brief matter: another worker is called")
    void shouldCallBeforeForeignMemory(boolean written) {
        try (Arena arena = Arena.ofShared();
                DmaBuffer mapped = bench.engine.map(arena.allocate(BYTES))) {
            MemorySegment foreign = mapped.segment();
            DmaChannel mixed = channel();
            mixed.tryMemcpy(target, 0, source, 0, BYTES);
            mixed.tryMemcpy(written ? foreign : target, 0, written ? source : foreign, 0, BYTES);
            mixed.issuePending();
            ringSmallCopy();
            threads.step();
            assertThat(threads.workers()).isEqualTo(2);
            stepToTheEnd();
        }
    }
}
