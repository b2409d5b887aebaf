package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.dmaengine.spi.IssuedCopies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.stream.LongStream;

/** What a termination finds in the queue gets its outcome whoever looks first, and once (C2). */
class WithdrawTest {
    private static final int DEPTH = 64;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(request -> request.withDepth(DEPTH));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long submit(boolean plain) {
        return plain
                ? bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8)
                : bench.channel.trySubmit(bench.prep());
    }

    private long fill(boolean plain) {
        long count = 0;
        while (submit(plain) != 0) {
            count++;
        }
        return count;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("C2: the state says ABORTED as soon as terminateAsync has returned")
    void shouldTellStateAtOnce(boolean plain) {
        submit(plain);
        bench.channel.issuePending();
        submit(plain);
        bench.channel.terminateAsync();

        assertThat(bench.channel.state(2)).isEqualTo(TransferState.ABORTED);
        assertThat(bench.channel.state(1)).isEqualTo(TransferState.ABORTED);
        assertThat(bench.channel.status(1).residueBytes()).isPositive();
        assertThat(bench.backend.aborts).as("nothing was on the engine").hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("P10: the places are free again, though nobody has looked at the outcomes")
    void shouldGivePlacesBack(boolean plain) {
        long room = fill(plain);
        for (int i = 0; i < 5; i++) {
            bench.channel.terminateAsync();
            assertThat(fill(plain)).isEqualTo(room);
        }
        assertThat(Bench.outcomes(bench.channel.terminateSync())).hasSize((int) (6 * room));
    }

    @Test
    @DisplayName("C9: each of several terminations has its own in the evidence")
    void shouldKeepGenerationsApart() {
        submit(true);
        bench.channel.terminateAsync();
        submit(false);
        submit(true);
        bench.channel.terminateAsync();
        submit(true);
        Receipt receipt = bench.channel.synchronize();

        assertThat(Bench.outcomes(receipt).keySet()).containsExactly(1L, 2L, 3L);
        assertThat(receipt.entries()).allMatch(entry -> entry.proof() == Proof.NEVER_STARTED);
        assertThat(bench.channel.state(4)).isEqualTo(TransferState.IN_PROGRESS);
    }

    @Test
    @DisplayName("C4: newer work starts, and never with what was withdrawn")
    void shouldStartNewerWork() {
        fill(true);
        bench.channel.issuePending();
        bench.channel.terminateAsync();
        long cookie = submit(true);
        bench.channel.issuePending();

        assertThat(bench.backend.queue().nextCopies())
                .extracting(IssuedCopies::count, IssuedCopies::totalBytes)
                .containsExactly(1, 8L);
        bench.backend.queue().endCopies(1);
        assertThat(bench.channel.state(cookie)).isEqualTo(TransferState.COMPLETE);
        assertThat(bench.channel.drain(Duration.ZERO)).isInstanceOf(Quiesced.class);
    }

    @Test
    @DisplayName("C6, P3: copies wait as long as older work is on the engine")
    void shouldWaitForOlderWork() {
        Transfer older = bench.start();
        bench.channel.terminateAsync();
        submit(true);
        bench.channel.issuePending();

        assertThat(bench.backend.queue().nextCopies()).isNull();
        bench.backend.abortOne(older.cookie(), 0);
        assertThat(bench.backend.queue().nextCopies()).isNotNull();
        bench.backend.queue().endCopies(1);
    }

    @Test
    @DisplayName("C5: who holds a transfer is told at once")
    void shouldTellHandles() {
        submit(true);
        Transfer transfer = bench.submit();
        submit(true);
        bench.channel.terminateAsync();

        assertThat(transfer.result()).get().extracting("outcome").isEqualTo(Outcome.ABORTED);
    }

    @Test
    @DisplayName("C16: an arena is free at once where only the queue had its memory")
    void shouldFreeMemory() {
        DmaArena arena = DmaArena.open();
        var block = arena.allocate(64);
        bench.channel.tryMemcpy(block, 0, block, 32, 8);
        bench.channel.terminateAsync();

        assertThatCode(arena::close).doesNotThrowAnyException();
        assertThat(bench.channel.state(1)).isEqualTo(TransferState.ABORTED);
    }

    @Test
    @DisplayName("C12: what was withdrawn before a loss is aborted, not lost")
    void shouldAbortBeforeLoss() {
        Transfer onEngine = bench.start();
        submit(true);
        bench.channel.terminateAsync();
        bench.backend.queue().lost("gone", null);

        assertThat(bench.channel.state(2)).isEqualTo(TransferState.ABORTED);
        assertThat(bench.engine.quarantine()).hasSize(1);
        bench.backend.complete(onEngine.cookie());
    }

    @Test
    @DisplayName("C8: drain does not wait for what was withdrawn")
    void shouldDrain() {
        LongStream.range(0, 5).forEach(_ -> submit(true));
        bench.channel.issuePending();
        bench.channel.terminateAsync();

        assertThat(bench.channel.drain(Duration.ZERO)).isInstanceOf(Quiesced.class);
    }
}
