package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Command;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Option iopoll: the ends of direct transfers are asked for, where the disk can do that. */
@Timeout(60)
class PolledRingTest {
    private static final int LENGTH_BYTES = 100;

    @Test
    @DisplayName("direct transfers are polled, all others are not")
    void shouldPollForDirectTransfersOnly() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("iopoll", "1"))) {
            List<Boolean> polled = new CopyOnWriteArrayList<>();
            bench.faults()
                    .onEntry(each -> {
                        if (each.isTransfer() || each.operation() == IoUring.IORING_OP_FSYNC) {
                            polled.add(each.ring().isPolled());
                        }
                        return Fate.RUN;
                    });
            FakeFileChannel direct = bench.file(direct());
            FakeFileChannel buffered = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            for (FakeFileChannel each : List.of(direct, buffered)) {
                MemorySegment target = bench.memory(LENGTH_BYTES);
                assertThat(bench.outcome(FakeBench.read(channel, each, 0, target)).isWhole())
                        .isTrue();
                assertThat(FakeBench.bytes(target)).isEqualTo(FakeBench.bytes(LENGTH_BYTES));
            }
            Transfer sync =
                    channel.submit(
                            channel.prepCommand(Peripheral.of(direct), new Command.Sync(false)));
            channel.issuePending();
            assertThat(bench.outcome(sync).outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(polled).containsExactly(true, false, false);
        }
    }

    @Test
    @DisplayName("a disk that cannot be polled is asked once, and then used as without the option")
    void shouldGoTheUsualWayWhereItIsRefused() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("iopoll", "1"))) {
            List<Boolean> polled = new CopyOnWriteArrayList<>();
            bench.faults()
                    .onEntry(each -> {
                        if (!each.isTransfer()) {
                            return Fate.RUN;
                        }
                        polled.add(each.ring().isPolled());
                        return each.ring().isPolled() ? Fate.answer(-Errno.EOPNOTSUPP) : Fate.RUN;
                    });
            FakeFileChannel file = bench.file(direct());
            MemorySegment target = bench.memory(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            assertThat(bench.outcome(FakeBench.read(channel, file, 0, target)).isWhole()).isTrue();
            assertThat(FakeBench.bytes(target)).isEqualTo(FakeBench.bytes(LENGTH_BYTES));
            assertThat(polled).containsExactly(true, false);
        }
    }

    @Test
    @DisplayName(
            "C4, E1: what a polled disk has is waited for, and its end is found without a wake-up")
    void shouldFindTheEndOfWhatIsHeld() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("iopoll", "1"))) {
            bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
            FakeFileChannel file = bench.file(direct());
            MemorySegment target = bench.memory(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, file, 0, target);
            FakeEntry read = bench.entry(FakeEntry::isTransfer);
            channel.terminateAsync();
            bench.round();
            assertThat(transfer.result()).isEmpty();
            read.run();
            assertThat(bench.outcome(transfer).isWhole()).isTrue();
            assertThat(channel.synchronize().entries()).hasSize(1);
        }
    }

    private static FakeRegularFile direct() {
        return new FakeRegularFile(FakeBench.bytes(LENGTH_BYTES)).direct();
    }
}
