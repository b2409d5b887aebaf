package org.dmaengine.sweep;

import java.util.ArrayList;
import java.util.List;

/** What happened in a run, for a replay; empty where nobody asked. */
final class History {
    private record Line(
            long step,
            long nanos,
            String who,
            String what,
            String channel,
            long generation,
            long cookie,
            String state) {}

    private final boolean recording;
    private final List<Line> lines = new ArrayList<>();

    History(boolean recording) {
        this.recording = recording;
    }

    boolean isRecording() {
        return recording;
    }

    /** Cookie and generation 0 stand for none. */
    void add(
            long step,
            long nanos,
            String who,
            String what,
            String channel,
            long generation,
            long cookie,
            String state) {
        lines.add(new Line(step, nanos, who, what, channel, generation, cookie, state));
    }

    /** As a table: who, what, generation, cookie, state. */
    String table() {
        StringBuilder text = new StringBuilder();
        text.append(
                "%7s %11s  %-22s %-8s %4s %6s  %-12s %s%n"
                        .formatted(
                                "step", "ns", "who", "channel", "gen", "cookie", "state", "what"));
        for (Line line : lines) {
            text.append(
                    "%7d %11d  %-22s %-8s %4s %6s  %-12s %s%n"
                            .formatted(
                                    line.step,
                                    line.nanos,
                                    line.who,
                                    line.channel,
                                    number(line.generation),
                                    number(line.cookie),
                                    line.state,
                                    line.what));
        }
        return text.toString();
    }

    private static String number(long value) {
        return value == 0 ? "" : Long.toString(value);
    }
}
