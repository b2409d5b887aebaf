package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;

/** A stream that a stopped transfer never came to use is given back as it was. */
class StreamModeTest {
    private final SteppedCrew threads = new SteppedCrew();

    private DmaChannel channel;
    private Transfer transfer;
    private boolean paused;
    private volatile boolean givenBack;
    private volatile boolean endWasTold;

    private void stopOrPause() {
        if (paused) {
            channel.pause();
        } else {
            channel.terminateAsync();
        }
    }

    private void noteGivenBack() {
        endWasTold = transfer.result().isPresent();
        givenBack = true;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("C6: it is given back before the end is told, also where the channel was paused")
    void shouldGiveBackBeforeEndIsTold(boolean withPause) {
        paused = withPause;
        WatchedStream stream = new WatchedStream(this::stopOrPause, this::noteGivenBack);
        try (CpuBench bench = CpuBench.open(threads, "workers", "1", "io-threads", "1");
                DmaChannel only = bench.channel(Capability.PERIPHERAL, Capability.PAUSE)) {
            channel = only;
            transfer =
                    only.submit(
                            only.prepPeripheralSg(
                                    PeripheralConfig.read(new Peripheral.Stream(stream)),
                                    List.of(bench.memory(8))));
            only.issuePending();
            while (threads.step()) {
                // Until it is made non-blocking, and the selector has it.
            }

            only.terminateSync();

            assertThat(givenBack).isTrue();
            assertThat(endWasTold).as("the end was told before").isFalse();
            assertThat(stream.isBlocking()).isTrue();
            assertThat(transfer.await().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(transfer.await().bytes()).isZero();
        }
    }

    @Test
    @DisplayName("who registers it at that moment keeps it non-blocking, and nothing fails")
    void shouldLeaveItToWhoRegistersIt() throws IOException {
        WatchedStream stream = new WatchedStream(() -> {}, () -> {});
        StreamModes modes = new StreamModes();
        modes.makeNonBlocking(stream);
        stream.registerAtOnce();

        assertThatCode(() -> modes.restore(stream)).doesNotThrowAnyException();

        assertThat(stream.isBlocking()).isFalse();
    }

    @Test
    @DisplayName("what is blocking again already is left alone: to ask for it could wait")
    void shouldNotTouchWhatIsBlockingAgain() throws IOException {
        WatchedStream stream = new WatchedStream(() -> {}, () -> givenBack = true);
        StreamModes modes = new StreamModes();
        modes.makeNonBlocking(stream);
        stream.configureBlocking(true);
        givenBack = false;

        modes.restore(stream);

        assertThat(givenBack).isFalse();
    }
}
