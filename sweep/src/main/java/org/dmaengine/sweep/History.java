package org.dmaengine.sweep;

import org.dmaengine.engine.sim.Simulation;
import org.jspecify.annotations.Nullable;

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

    private final Simulation simulation;
    private final boolean recording;
    private final List<Line> lines = new ArrayList<>();

    History(Simulation simulation, boolean recording) {
        this.simulation = simulation;
        this.recording = recording;
    }

    void note(String what, @Nullable ChannelShadow channel) {
        if (recording) {
            add(
                    what,
                    channel == null ? "" : channel.name,
                    channel == null ? 0 : channel.generation,
                    0,
                    channel == null ? "" : stateOf(channel));
        }
    }

    void note(String what, TransferShadow transfer) {
        if (recording) {
            String channel = transfer.channel.name;
            add(what, channel, transfer.generation, transfer.cookie, stateOf(transfer));
        }
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

    /** Cookie and generation 0 stand for none. */
    private void add(String what, String channel, long generation, long cookie, String state) {
        lines.add(
                new Line(
                        simulation.steps(),
                        simulation.nanoTime(),
                        simulation.selfName(),
                        what,
                        channel,
                        generation,
                        cookie,
                        state));
    }

    private static String stateOf(ChannelShadow channel) {
        return channel.closed
                ? "closed"
                : channel.lost ? "lost" : channel.paused ? "paused" : "open";
    }

    private static String stateOf(TransferShadow transfer) {
        if (transfer.outcome != null) {
            return transfer.outcome.toString();
        }
        return transfer.isOnEngine() ? "on engine" : transfer.taken ? "touched" : "waiting";
    }

    private static String number(long value) {
        return value == 0 ? "" : Long.toString(value);
    }
}
