package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.List;

/** Each prep makes a descriptor of its kind, that carries all it was given from then on (P8). */
class PrepTest {
    private final Bench bench = new Bench(request -> request.withName("mine"));
    private final PeripheralConfig config =
            PeripheralConfig.read(
                    Peripheral.of(Channels.newChannel(new ByteArrayInputStream(new byte[8]))));

    @AfterEach
    void close() {
        bench.close();
    }

    /** What the engine gets. */
    private Operation taken(Descriptor descriptor) {
        bench.submit(descriptor);
        bench.channel.issuePending();
        long ticket = bench.backend.take().getFirst();
        Operation operation = bench.backend.issued(ticket).operation();
        bench.backend.complete(ticket);
        return operation;
    }

    @Test
    @DisplayName("P8: memset")
    void shouldPrepareMemset() {
        Operation.Memset memset =
                (Operation.Memset) taken(bench.channel.prepMemset(bench.target, (byte) 7));

        assertThat(memset.target()).isEqualTo(bench.target);
        assertThat(memset.value()).isEqualTo((byte) 7);
    }

    @Test
    @DisplayName("P8: a template")
    void shouldPrepareInterleaved() {
        var template =
                new InterleavedTemplate(
                        bench.source,
                        bench.target,
                        2,
                        List.of(new InterleavedTemplate.Chunk(8, 8, 0)));

        assertThat(taken(bench.channel.prepInterleaved(template)))
                .isEqualTo(new Operation.Interleaved(template));
    }

    @Test
    @DisplayName("P8: nothing but the end")
    void shouldPrepareInterrupt() {
        assertThat(taken(bench.channel.prepInterrupt())).isEqualTo(new Operation.Interrupt());
    }

    @Test
    @DisplayName("P8: a peripheral that is named, and one that was configured")
    void shouldPreparePeripheral() {
        List<MemorySegment> segments = List.of(bench.target);
        requireSg(taken(bench.channel.prepPeripheralSg(config, segments)), segments);
        bench.channel.configure(config);

        requireSg(taken(bench.channel.prepPeripheralSg(segments)), segments);
    }

    private void requireSg(Operation operation, List<MemorySegment> segments) {
        var sg = (Operation.PeripheralSg) operation;
        assertThat(sg.config()).isEqualTo(config);
        assertThat(sg.offsetBytes()).isEqualTo(config.offsetBytes());
        assertThat(sg.segments()).isEqualTo(segments);
        assertThat(sg.lengthBytes()).isEqualTo(segments.getFirst().byteSize());
    }

    @Test
    @DisplayName("P8: a ring on a peripheral that was configured")
    void shouldPrepareCyclic() {
        bench.channel.configure(config);

        assertThat(taken(bench.channel.prepCyclic(bench.target, 16, event -> {})))
                .isEqualTo(new Operation.Cyclic(config, bench.target, 16));
    }

    @Test
    @DisplayName("A channel says who it is")
    void shouldSayWhoItIs() {
        assertThat(bench.channel.name()).isEqualTo("mine");
        assertThat(bench.channel.engine()).isSameAs(bench.engine);
        assertThat(bench.channel.capabilities()).contains(Capability.MEMCPY, Capability.PAUSE);
        assertThat(bench.channel).hasToString("DmaChannel[mine]");
        assertThat(bench.submit().channel()).isSameAs(bench.channel);
    }
}
