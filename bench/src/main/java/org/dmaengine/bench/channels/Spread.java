package org.dmaengine.bench.channels;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.CopyEnd;
import org.dmaengine.bench.Deadline;
import org.dmaengine.bench.RandomBytes;
import org.dmaengine.bench.Turn;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Bursts of copies that go round the channels, with as many copies in flight on all of them
 * together as on a single one.
 */
final class Spread implements Contestant {
    private static final int BYTES = 64;
    private static final int BURST = 32;
    private static final int BURSTS = 32;
    private static final long COPIES_MIN = 100_000;
    private static final double TURN_MICROS = 200_000;

    private final DmaArena arena = DmaArena.open();
    private final MemorySegment source = arena.allocate((long) BURSTS * BURST * BYTES, 64);
    private final MemorySegment target = arena.allocate((long) BURSTS * BURST * BYTES, 64);
    private final DmaEngine engine;
    private final DmaChannel[] channels;
    private final RandomBytes bytes = new RandomBytes();
    private long copies = COPIES_MIN;
    // Of this turn.
    private Deadline deadline = Deadline.start();

    // Of the bursts in flight, the channel and the last cookie, which is done after all before it.
    private final DmaChannel[] burstChannels = new DmaChannel[BURSTS];
    private final long[] burstCookies = new long[BURSTS];

    private Spread(DmaEngine engine, int count) {
        this.engine = engine;
        int burstsOfEach = Math.max(1, BURSTS / count) + 1;
        ChannelRequest request =
                ChannelRequest.of(Capability.MEMCPY).withDepth(burstsOfEach * BURST);
        channels = new DmaChannel[count];
        Arrays.setAll(channels, i -> engine.requestChannel(request));
        Arrays.fill(burstChannels, channels[0]);
    }

    static Spread open(int count) {
        EngineOptions options = EngineOptions.defaults().with("workers", "2");
        return new Spread(DmaEngines.open("cpu", options), count);
    }

    @Override
    public Turn measure() {
        bytes.fill(source);
        deadline = Deadline.start();
        long begin = System.nanoTime();
        int channel = 0;
        int burst = 0;
        for (long begun = 0; begun < copies; begun += BURST) {
            await(burst);
            begin(burst, channels[channel]);
            channel = channel + 1 == channels.length ? 0 : channel + 1;
            burst = burst + 1 == BURSTS ? 0 : burst + 1;
        }
        for (int each = 0; each < BURSTS; each++) {
            await(each);
        }
        double eachMicros = (System.nanoTime() - begin) / 1e3 / copies;
        RandomBytes.compare(source, target);
        copies = Math.max(COPIES_MIN, (long) (TURN_MICROS / eachMicros)) / BURST * BURST;
        return Turn.of(1 / eachMicros);
    }

    private void begin(int burst, DmaChannel channel) {
        long first = (long) burst * BURST * BYTES;
        for (int i = 0; i < BURST; i++) {
            long offset = first + (long) i * BYTES;
            long cookie = channel.tryMemcpy(target, offset, source, offset, BYTES);
            if (cookie == 0) {
                throw new IllegalStateException("no room for a burst");
            }
            burstCookies[burst] = cookie;
        }
        burstChannels[burst] = channel;
        channel.issuePending();
    }

    private void await(int burst) {
        long cookie = burstCookies[burst];
        while (cookie != 0 && !CopyEnd.isComplete(burstChannels[burst].state(cookie))) {
            deadline.spin();
        }
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }
}
