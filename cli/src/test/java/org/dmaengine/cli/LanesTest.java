package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Transfer;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimEngine;
import org.dmaengine.engine.sim.SimModel;
import org.dmaengine.engine.sim.Simulation;
import org.dmaengine.engine.sim.StopModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Channels that are terminated together, in virtual time. */
class LanesTest {
    private static final int CHANNELS = 4;
    private static final int BLOCK_BYTES = 4096;

    /** Nothing stops before it is over, and nothing is over within ten minutes. */
    private static final SimModel SLOW =
            SimModel.defaults()
                    .withChannels(CHANNELS, CHANNELS)
                    .withStop(StopModel.DRAIN_ONLY, 0)
                    .withLatency(Duration.ofMinutes(10).toNanos(), 0)
                    .withWatchdog(Duration.ofMinutes(30).toNanos());

    @TempDir Path folder;

    @Test
    void shouldWaitAMinuteForAllChannelsTogether() throws IOException {
        Path path = TestFiles.random(folder.resolve("source"), CHANNELS * BLOCK_BYTES, 1);
        try (Simulation simulation = new Simulation(1);
                OpenSource source = OpenSource.of(path)) {
            DmaEngine engine =
                    DmaEngines.open(
                            new SimEngine(SLOW, FaultPlan.none()),
                            EngineOptions.defaults().withScheduler(simulation));
            Lanes lanes =
                    Lanes.open(
                            engine,
                            "test",
                            CHANNELS,
                            CHANNELS,
                            BlockSizes.all(BLOCK_BYTES),
                            new RateLimit(0, simulation::nanoTime),
                            simulation::nanoTime);
            List<Transfer> reads =
                    engine.channels().stream().map(each -> read(each, lanes, source)).toList();
            // Until the engine has taken them.
            simulation.park(Duration.ofSeconds(1).toNanos());

            long begunNanos = simulation.nanoTime();
            lanes.terminateSync();

            assertThat(Duration.ofNanos(simulation.nanoTime() - begunNanos))
                    .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(61));
            assertThat(lanes.isQuiesced()).isFalse();
            assertThat(lanes.receipts()).hasSize(CHANNELS);
            engine.close();
            assertThat(reads).allMatch(read -> read.result().isPresent());
            lanes.free();
        }
    }

    private static Transfer read(DmaChannel channel, Lanes lanes, OpenSource source) {
        Block block = lanes.take();
        block.begin(0, 0, BLOCK_BYTES);
        Transfer read =
                channel.submit(
                        channel.prepPeripheralSg(
                                source.endpoint().read(0, BLOCK_BYTES), List.of(block.data())));
        channel.issuePending();
        return read;
    }
}
