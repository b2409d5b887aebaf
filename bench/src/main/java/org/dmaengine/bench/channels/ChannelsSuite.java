package org.dmaengine.bench.channels;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.Point;
import org.dmaengine.bench.Suite;
import org.dmaengine.bench.Target;

import java.util.ArrayList;
import java.util.List;

/** The same work on one channel and on many, by two workers; and what an idle channel holds. */
public final class ChannelsSuite implements Suite {
    private static final String ONE = "1 channel";
    private static final int MANY = 10_000;
    private static final double IDLE_BYTES_MAX = 2048;

    @Override
    public String name() {
        return "channels";
    }

    @Override
    public String summary() {
        return "throughput of many channels beside one, memory of an idle channel";
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int channels : new int[] {10, 100, 1000, MANY}) {
            Case each =
                    Case.of(
                                    name(),
                                    channels + " channels",
                                    "million copies/s",
                                    Better.LARGER,
                                    spread("many channels", channels))
                            .beside(spread(ONE, 1))
                            .at(
                                    new Point(
                                            "copies of 64 bytes on two workers",
                                            "channels",
                                            channels));
            cases.add(channels == MANY ? each.aimingAt(new Target.Ratio(ONE, 0.7)) : each);
        }
        cases.add(idle("heap of an idle channel, never used", false));
        cases.add(idle("heap of an idle channel, after 32 tryMemcpy and a submit", true));
        return cases;
    }

    private Case idle(String name, boolean used) {
        Entry ours = new Entry("ours", site -> new IdleChannels(MANY, used));
        return Case.of(name(), name, "bytes/channel", Better.SMALLER, ours)
                .aimingAt(new Target.Figure(IDLE_BYTES_MAX));
    }

    /** Three threads on two cores: none is pinned. */
    private static Entry spread(String name, int channels) {
        return new Entry(name, site -> Spread.open(channels)).onBothCores();
    }
}
