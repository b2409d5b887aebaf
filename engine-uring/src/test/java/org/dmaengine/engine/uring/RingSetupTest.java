package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmaengine.engine.uring.IoUring.*;

import org.dmaengine.EngineUnavailableException;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Kernels that are older, or that refuse: the next best, or the reason why not. */
@Timeout(60)
class RingSetupTest {
    /** Setup flags from the newest to the oldest. */
    static List<Integer> unknownFlags() {
        return List.of(
                0,
                IORING_SETUP_DEFER_TASKRUN,
                IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SINGLE_ISSUER,
                IORING_SETUP_DEFER_TASKRUN
                        | IORING_SETUP_SINGLE_ISSUER
                        | IORING_SETUP_COOP_TASKRUN
                        | IORING_SETUP_TASKRUN_FLAG,
                IORING_SETUP_DEFER_TASKRUN
                        | IORING_SETUP_SINGLE_ISSUER
                        | IORING_SETUP_COOP_TASKRUN
                        | IORING_SETUP_TASKRUN_FLAG
                        | IORING_SETUP_SUBMIT_ALL);
    }

    @ParameterizedTest
    @MethodSource("unknownFlags")
    @DisplayName("a kernel that does not know the newer ways gets the older ones, and all works")
    void shouldFallBack(int unknown) {
        for (UringOptions options : List.of(FakeOptions.workers(), FakeOptions.inline())) {
            try (FakeBench bench = new FakeBench(options)) {
                List<Integer> accepted = new ArrayList<>();
                bench.faults()
                        .onSetup(flags -> {
                            if ((flags & unknown) != 0) {
                                return -Errno.EINVAL;
                            }
                            accepted.add(flags);
                            return 0;
                        });
                FakeFileChannel file = bench.file(1_000);
                Transfer read = FakeBench.read(bench.channel(), file, 0, bench.memory(1_000));
                assertThat(bench.outcome(read).isWhole()).isTrue();
                assertThat(accepted).hasSize(options.inline() ? 2 : 1);
                FakePipe pipe = new FakePipe(100, true);
                FakeStreamChannel source = bench.stream(pipe.source());
                FakeStreamChannel sink = bench.stream(pipe.sink());
                Transfer waits = FakeBench.read(bench.channel(), source, 0, bench.memory(100));
                bench.entry(FakeEntry::isPoll);
                FakeBench.put(sink, FakeBench.bytes(100));
                assertThat(bench.outcome(waits).isWhole()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, EPERM, 1",
        "38, ENOSYS, 5.11",
        "12, ENOMEM, ulimit -l",
        "24, EMFILE, ulimit -n",
        "23, ENFILE, ulimit -n",
        "22, EINVAL, io_uring_setup"
    })
    @DisplayName("a refusal is told with its reason and the remedy, and leaves nothing open")
    void shouldTellWhyNot(int errno, String name, String remedy) {
        for (UringOptions options :
                List.of(
                        FakeOptions.workers(),
                        FakeOptions.inline(),
                        FakeOptions.workers("workers", "3"))) {
            for (int refused = 0; refused < rings(options); refused++) {
                try (FakeBench bench = new FakeBench(options)) {
                    AtomicInteger setups = new AtomicInteger();
                    int after = refused;
                    bench.faults().onSetup(_ -> setups.getAndIncrement() >= after ? -errno : 0);
                    assertThatThrownBy(bench::engine)
                            .isInstanceOf(EngineUnavailableException.class)
                            .hasMessageContaining(name)
                            .hasMessageContaining(errno == Errno.EPERM ? "io_uring" : remedy);
                    assertNothingLeft(bench);
                }
            }
        }
    }

    private static int rings(UringOptions options) {
        return options.workers() + (options.inline() ? 1 : 0);
    }

    private static void assertNothingLeft(FakeBench bench) {
        assertThat(bench.kernel().descriptorCount()).isZero();
        assertThat(bench.kernel().mappingCount()).isZero();
        assertThat(bench.kernel().misdeeds()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                IORING_FEAT_SINGLE_MMAP,
                IORING_FEAT_NODROP,
                IORING_FEAT_SUBMIT_STABLE,
                IORING_FEAT_FAST_POLL,
                IORING_FEAT_EXT_ARG
            })
    @DisplayName("a kernel without what the engine relies on is too old, and that is said")
    void shouldRequireFeatures(int missing) {
        for (UringOptions options : List.of(FakeOptions.workers(), FakeOptions.inline())) {
            try (FakeBench bench = new FakeBench(options)) {
                bench.faults().features(FakeFaults.ALL_FEATURES & ~missing);
                assertThatThrownBy(bench::engine)
                        .isInstanceOf(EngineUnavailableException.class)
                        .hasMessageContaining("0x" + Integer.toHexString(missing))
                        .hasMessageContaining("5.11");
                assertNothingLeft(bench);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "0, true", "1, true"})
    @DisplayName("a ring that cannot be mapped is given back")
    void shouldGiveBackWhatCannotBeMapped(int which, boolean inline) {
        UringOptions options = inline ? FakeOptions.inline() : FakeOptions.workers();
        try (FakeBench bench = new FakeBench(options)) {
            bench.faults().onMap(part -> part == which ? -Errno.ENOMEM : 0);
            assertThatThrownBy(bench::engine)
                    .isInstanceOf(EngineUnavailableException.class)
                    .hasMessageContaining("mapped");
            assertNothingLeft(bench);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 0, 2", "true, 0, 4", "false, 1, 4", "true, 1, 6"})
    @DisplayName("where memory ends while an engine is opened, nothing of it is left open")
    void shouldGiveBackWithoutMemory(boolean inline, String polled, int tables) {
        String[] more = {"iopoll", polled};
        UringOptions options = inline ? FakeOptions.inline(more) : FakeOptions.workers(more);
        for (int given = 0; given < tables; given++) {
            try (FakeBench bench = new FakeBench(options)) {
                AtomicInteger calls = new AtomicInteger();
                int most = given;
                bench.faults()
                        .onRegister((_, _) -> {
                            if (calls.getAndIncrement() == most) {
                                throw new OutOfMemoryError("for the test");
                            }
                            return 0;
                        });
                assertThatThrownBy(bench::engine).hasStackTraceContaining("for the test");
                assertNothingLeft(bench);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "0, true", "1, true"})
    @DisplayName("where memory ends while a ring is mapped, nothing of it is left open")
    void shouldGiveBackHalfMapped(int which, boolean inline) {
        UringOptions options = inline ? FakeOptions.inline() : FakeOptions.workers();
        try (FakeBench bench = new FakeBench(options)) {
            bench.faults()
                    .onMap(part -> {
                        if (part == which) {
                            throw new OutOfMemoryError("for the test");
                        }
                        return 0;
                    });
            assertThatThrownBy(bench::engine).hasStackTraceContaining("for the test");
            assertNothingLeft(bench);
        }
    }

    @Test
    @DisplayName("without an event descriptor for each worker nothing is left open")
    void shouldGiveBackWithoutEvent() {
        for (int given = 0; given < 3; given++) {
            try (FakeBench bench = new FakeBench(FakeOptions.inline("workers", "3"))) {
                AtomicInteger events = new AtomicInteger();
                int most = given;
                bench.faults().onEventfd(_ -> events.getAndIncrement() >= most ? -Errno.EMFILE : 0);
                assertThatThrownBy(bench::engine)
                        .isInstanceOf(EngineUnavailableException.class)
                        .hasMessageContaining("ulimit -n");
                assertNothingLeft(bench);
            }
        }
    }
}
