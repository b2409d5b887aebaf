package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.spi.ChannelQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** A no carries its reason: none can, or all that can are taken. */
class ChannelRequestTest {
    private final Bench bench =
            new Bench(
                    new ManualEngine(
                            ManualEngine.describe(
                                    "small",
                                    EnumSet.of(Capability.MEMCPY, Capability.MEMSET),
                                    2,
                                    ManualEngine.everyRow())),
                    request -> request.withName("first"));

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldRefuseWhatNoChannelCan() {
        assertThatThrownBy(() -> bench.engine.requestChannel(Capability.MEMCPY, Capability.CYCLIC))
                .isInstanceOf(NoCapableChannelException.class)
                .hasMessageContaining("CYCLIC")
                .hasMessageNotContaining("[MEMCPY, CYCLIC]");
    }

    @ParameterizedTest
    @CsvSource({"false, 4096, false", "false, 8192, true", "true, 4096, true"})
    @DisplayName("an engine is told where a report may run callbacks, or end very many transfers")
    void shouldTellEngineWhetherReportsMayTakeLong(
            boolean ownExecutor, int depthMax, boolean mayTakeLong) {
        List<ChannelQueue> opened = new ArrayList<>();
        bench.provider.onOpenChannel = opened::add;
        ChannelRequest plain = ChannelRequest.of(Capability.MEMCPY).withDepth(depthMax);
        bench.engine.requestChannel(
                ownExecutor ? plain.withCallbackExecutor(Runnable::run) : plain);

        assertThat(opened).hasSize(1);
        assertThat(opened.getFirst().mayTakeLong()).isEqualTo(mayTakeLong);
    }

    @Test
    void shouldTellBusyFromIncapable() {
        assertThatThrownBy(() -> bench.request(request -> request.withFilter(info -> false)))
                .isInstanceOf(NoCapableChannelException.class);
        assertThatThrownBy(() -> bench.request(request -> request.withFilter(i -> i.index() == 0)))
                .isInstanceOf(ChannelBusyException.class);
        bench.request(request -> request);
        assertThatThrownBy(() -> bench.engine.requestChannel(Capability.MEMCPY))
                .isInstanceOf(ChannelBusyException.class);
    }

    @Test
    void shouldShowFreeChannelsToFilter() {
        List<ChannelInfo> asked = new ArrayList<>();
        DmaChannel channel =
                bench.request(request ->
                        request.withFilter(info -> {
                            asked.add(info);
                            return info.index() == 1;
                        }));

        assertThat(asked)
                .containsExactly(
                        new ChannelInfo(
                                "small", 1, EnumSet.of(Capability.MEMCPY, Capability.MEMSET)));
        assertThat(bench.engine.channels()).containsExactly(bench.channel, channel);
    }

    @Test
    void shouldTakeNothingWhenFilterThrows() {
        assertThatThrownBy(() ->
                        bench.request(request ->
                                request.withFilter(info -> {
                                    throw new IllegalStateException("no");
                                })))
                .hasMessage("no");
        bench.request(request -> request);
    }

    @Test
    @DisplayName("The channel is exclusive, named, and can what was asked, no more")
    void shouldLimitChannelToRequest() {
        assertThat(bench.channel.name()).isEqualTo("first");
        assertThat(bench.channel.engine()).isSameAs(bench.engine);
        DmaChannel plain = bench.engine.requestChannel(Capability.MEMCPY);
        assertThat(plain.capabilities()).containsExactly(Capability.MEMCPY);
        assertThat(plain.name()).isNotEqualTo("first").contains("small");

        assertThatThrownBy(() -> plain.prepMemset(bench.target, (byte) 1))
                .isInstanceOfSatisfying(
                        PrepRefusedException.class,
                        refused -> {
                            assertThat(refused.reason())
                                    .isEqualTo(PrepRefusedException.Reason.CAPABILITY);
                            assertThat(refused).hasMessageContaining("MEMSET");
                        });
        assertThatThrownBy(plain::prepInterrupt).isInstanceOf(PrepRefusedException.class);
    }

    @Test
    @DisplayName("P10: the depth has bounds")
    void shouldRefuseDepthOutOfRange() {
        ChannelRequest request = ChannelRequest.of(Capability.MEMCPY);

        assertThatThrownBy(() -> request.withDepth(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> request.withDepth((1 << 20) + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(request.withDepth(1 << 20).depthMax()).isEqualTo(1 << 20);
    }
}
