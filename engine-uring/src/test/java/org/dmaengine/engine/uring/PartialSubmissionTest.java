package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.DmaChannel;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Quiescence;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** E7: the kernel takes only some of the entries that it is offered. */
@Timeout(60)
class PartialSubmissionTest {
    private static final int BATCH = 8;
    private static final int LENGTH_BYTES = 64;

    /**
     * @param taken how many of the batch are taken at first
     * @param then what the next call answers, if negative
     */
    record Case(UringOptions options, int taken, int then) {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int taken = 0; taken < BATCH; taken++) {
            for (int then :
                    new int[] {0, -Errno.EAGAIN, -Errno.EBUSY, -Errno.EINTR, -Errno.ENOMEM}) {
                cases.add(new Case(FakeOptions.workers(), taken, then));
                cases.add(new Case(FakeOptions.inline(), taken, then));
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    @DisplayName("E7: cut at any place, a batch is moved whole, and each of it once")
    void shouldOfferTheRestAgain(Case some) {
        try (FakeBench bench = new FakeBench(some.options)) {
            FakeFileChannel file = bench.file(BATCH * LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            bench.round();
            AtomicInteger calls = new AtomicInteger();
            AtomicInteger reads = new AtomicInteger();
            bench.faults()
                    .onEntry(each -> {
                        reads.addAndGet(each.isTransfer() ? 1 : 0);
                        return Fate.RUN;
                    });
            bench.faults()
                    .onEnter((_, offered, _) -> {
                        if (offered < BATCH && calls.get() == 0) {
                            return offered;
                        }
                        return switch (calls.getAndIncrement()) {
                            case 0 -> some.taken;
                            case 1 -> some.then < 0 ? some.then : offered;
                            default -> offered;
                        };
                    });
            List<Transfer> transfers = submit(bench, channel, file);
            channel.issuePending();
            for (Transfer each : transfers) {
                assertThat(bench.outcome(each).isWhole()).isTrue();
            }
            assertThat(calls).as("the batch came in one piece").hasPositiveValue();
            assertThat(reads).hasValue(BATCH);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("E7: a kernel that takes one entry at a time gets all of them")
    void shouldOfferOneByOne(boolean inline) {
        UringOptions options = inline ? FakeOptions.inline() : FakeOptions.workers();
        try (FakeBench bench = new FakeBench(options)) {
            bench.faults().onEnter((_, offered, _) -> Math.min(offered, 1));
            FakeFileChannel file = bench.file(BATCH * LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            List<Transfer> transfers = submit(bench, channel, file);
            channel.issuePending();
            for (Transfer each : transfers) {
                assertThat(bench.outcome(each).isWhole()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("E7: what was not taken keeps its memory too, and a close waits for it")
    void shouldKeepMemoryOfWhatWasNotTaken() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            FakeFileChannel file = bench.file(BATCH * LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            bench.round();
            AtomicBoolean open = new AtomicBoolean();
            AtomicBoolean begun = new AtomicBoolean();
            bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
            bench.faults()
                    .onEnter((_, offered, _) -> {
                        if (open.get() || offered == 0 || (!begun.get() && offered < BATCH)) {
                            return offered;
                        }
                        return begun.getAndSet(true) ? -Errno.EAGAIN : 3;
                    });
            List<Transfer> transfers = submit(bench, channel, file);
            channel.issuePending();
            List<FakeEntry> taken = bench.entries(3, FakeEntry::isTransfer);
            assertThat(taken).hasSize(3);
            Quiescence early = channel.terminateSync(Duration.ofMillis(50));
            assertThat(early.isQuiesced()).as("the kernel may still take five of them").isFalse();
            assertThat(transfers).allSatisfy(each -> assertThat(each.result()).isEmpty());
            open.set(true);
            bench.entries(BATCH, FakeEntry::isTransfer).forEach(FakeEntry::run);
            assertThat(channel.synchronize().entries()).hasSize(BATCH);
            for (Transfer each : transfers) {
                assertThat(bench.outcome(each).isWhole()).isTrue();
            }
        }
    }

    private static List<Transfer> submit(
            FakeBench bench, DmaChannel channel, FakeFileChannel file) {
        List<Transfer> transfers = new ArrayList<>();
        PeripheralConfig config = PeripheralConfig.read(Peripheral.of(file));
        for (int i = 0; i < BATCH; i++) {
            MemorySegment target = bench.memory(LENGTH_BYTES);
            transfers.add(
                    channel.submit(
                            channel.prepPeripheralSg(
                                    config.atOffset((long) i * LENGTH_BYTES), List.of(target))));
        }
        return transfers;
    }
}
