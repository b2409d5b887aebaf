package org.dmaengine.bench.channels;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.bench.Case;
import org.junit.jupiter.api.Test;

class IdleChannelsTest {
    private static final int CHANNELS = 1000;

    @Test
    void shouldCountWhatAChannelKeepsAfterItsUse() {
        double unused = bytes(false);
        assertThat(unused).isPositive();
        assertThat(bytes(true)).isGreaterThan(unused);
    }

    private static double bytes(boolean used) {
        try (IdleChannels channels = new IdleChannels(CHANNELS, used)) {
            channels.measure();
            return channels.measure().figure();
        }
    }

    @Test
    void shouldAimAtTheSameForBoth() {
        assertThat(new ChannelsSuite().cases())
                .filteredOn(each -> each.name().startsWith("heap of an idle channel"))
                .hasSize(2)
                .extracting(Case::targets)
                .satisfies(targets ->
                        assertThat(targets.getFirst()).isNotEmpty().isEqualTo(targets.getLast()));
    }
}
