package org.dmaengine.engine.sim;

import org.dmaengine.ResidueGranularity;
import org.dmaengine.spi.EngineSettings;

import java.util.Arrays;
import java.util.Set;

/** How a simulated controller behaves while nothing goes wrong. A value: withers give a copy. */
public final class SimModel {
    private static final long NANOS_MAX = 3_600_000_000_000L;
    private static final long BYTES_MAX = 1L << 40;
    private static final int COUNT_MAX = 1 << 20;

    private static final Set<String> OPTIONS =
            Set.of(
                    "channels",
                    "physical",
                    "pull",
                    "latencyNanos",
                    "completionNanos",
                    "bytesPerMicro",
                    "burstBytes",
                    "residue",
                    "order",
                    "runs",
                    "stop",
                    "stopNanos",
                    "pauseNanos",
                    "watchdogNanos",
                    "seed");

    // Written by the withers, before the copy is given out.
    int channelsMax = 64;
    int physicalChannels = 1;
    int pullMax = 4;
    long latencyNanos = 1_000;
    long completionNanos = 500;
    long bytesPerMicro = 4_000;
    long burstBytes = 64 << 10;
    ResidueGranularity residue = ResidueGranularity.BURST;
    boolean inOrder = true;
    boolean takesRuns;
    StopModel stop = StopModel.AT_BURST;
    long stopNanos = 2_000;
    long pauseNanos;
    long watchdogNanos = 60_000_000_000L;
    long seed = 1;

    private SimModel() {}

    /**
     * 64 virtual channels on one physical one, in order, bursts of 64 KiB at 4 GB/s, stops at a
     * burst, a watchdog of 60 s.
     */
    public static SimModel defaults() {
        return new SimModel();
    }

    private SimModel copy() {
        SimModel copy = new SimModel();
        copy.channelsMax = channelsMax;
        copy.physicalChannels = physicalChannels;
        copy.pullMax = pullMax;
        copy.latencyNanos = latencyNanos;
        copy.completionNanos = completionNanos;
        copy.bytesPerMicro = bytesPerMicro;
        copy.burstBytes = burstBytes;
        copy.residue = residue;
        copy.inOrder = inOrder;
        copy.takesRuns = takesRuns;
        copy.stop = stop;
        copy.stopNanos = stopNanos;
        copy.pauseNanos = pauseNanos;
        copy.watchdogNanos = watchdogNanos;
        copy.seed = seed;
        return copy;
    }

    /** How many virtual channels it offers, and how many transfers it moves at the same time. */
    public SimModel withChannels(int virtual, int physical) {
        SimModel copy = copy();
        copy.channelsMax = (int) require("channels", virtual, 1, COUNT_MAX);
        copy.physicalChannels = (int) require("physical channels", physical, 1, COUNT_MAX);
        return copy;
    }

    /** How many transfers it pulls ahead from one channel. */
    public SimModel withPull(int max) {
        SimModel copy = copy();
        copy.pullMax = (int) require("pull", max, 1, COUNT_MAX);
        return copy;
    }

    /** From the start to the first burst, and from the last burst to the completion entry. */
    public SimModel withLatency(long startNanos, long endNanos) {
        SimModel copy = copy();
        copy.latencyNanos = require("latency in ns", startNanos, 0, NANOS_MAX);
        copy.completionNanos = require("completion in ns", endNanos, 0, NANOS_MAX);
        return copy;
    }

    /** Its speed, and the bytes moved at one time: memory is touched then and at no other time. */
    public SimModel withBandwidth(long newBytesPerMicro, long newBurstBytes) {
        SimModel copy = copy();
        copy.bytesPerMicro = require("bytes per microsecond", newBytesPerMicro, 1, BYTES_MAX);
        copy.burstBytes = require("burst in bytes", newBurstBytes, 1, BYTES_MAX);
        return copy;
    }

    /** How fine it tells the residue. */
    public SimModel withResidue(ResidueGranularity newResidue) {
        SimModel copy = copy();
        copy.residue = newResidue;
        return copy;
    }

    /** Whether the transfers of one channel complete in submit order. */
    public SimModel withOrder(boolean newInOrder) {
        SimModel copy = copy();
        copy.inOrder = newInOrder;
        return copy;
    }

    /** Whether it takes small copies that stand together at once, and reports them so. */
    public SimModel withRuns(boolean newRuns) {
        SimModel copy = copy();
        copy.takesRuns = newRuns;
        return copy;
    }

    /**
     * What it does when it is told to stop.
     *
     * @param newStopNanos how long until the stop is acknowledged, with {@link
     *     StopModel#ACKNOWLEDGED}
     */
    public SimModel withStop(StopModel newStop, long newStopNanos) {
        SimModel copy = copy();
        copy.stop = newStop;
        copy.stopNanos = require("stop in ns", newStopNanos, 0, NANOS_MAX);
        return copy;
    }

    /** How long a pause takes; 0 holds the bytes inside the pause call itself. */
    public SimModel withPause(long newPauseNanos) {
        SimModel copy = copy();
        copy.pauseNanos = require("pause in ns", newPauseNanos, 0, NANOS_MAX);
        return copy;
    }

    /**
     * After how long without a byte moved a running transfer counts as stuck, and its engine as
     * lost. One that is paused, or waits for its peripheral or its client, is not stuck. A
     * completion entry that got lost is found after this time too.
     */
    public SimModel withWatchdog(long newWatchdogNanos) {
        SimModel copy = copy();
        copy.watchdogNanos = require("watchdog in ns", newWatchdogNanos, 1, NANOS_MAX);
        return copy;
    }

    /** What the choices are drawn from that are left to the controller: who is next. */
    public SimModel withSeed(long newSeed) {
        SimModel copy = copy();
        copy.seed = newSeed;
        return copy;
    }

    /** With what the options of {@code EngineOptions.with} say. */
    SimModel with(EngineSettings given) {
        given.requireKnown("sim", OPTIONS);
        SimModel copy = copy();
        copy.channelsMax = (int) given.number("channels", 1, COUNT_MAX, channelsMax);
        copy.physicalChannels = (int) given.number("physical", 1, COUNT_MAX, physicalChannels);
        copy.pullMax = (int) given.number("pull", 1, COUNT_MAX, pullMax);
        copy.latencyNanos = given.number("latencyNanos", 0, NANOS_MAX, latencyNanos);
        copy.completionNanos = given.number("completionNanos", 0, NANOS_MAX, completionNanos);
        copy.bytesPerMicro = given.number("bytesPerMicro", 1, BYTES_MAX, bytesPerMicro);
        copy.burstBytes = given.number("burstBytes", 1, BYTES_MAX, burstBytes);
        copy.residue = oneOf(given, "residue", ResidueGranularity.values(), residue);
        copy.inOrder = oneOf(given, "order", Order.values(), Order.of(inOrder)) == Order.IN;
        copy.takesRuns = oneOf(given, "runs", Runs.values(), Runs.of(takesRuns)) == Runs.YES;
        copy.stop = oneOf(given, "stop", StopModel.values(), stop);
        copy.stopNanos = given.number("stopNanos", 0, NANOS_MAX, stopNanos);
        copy.pauseNanos = given.number("pauseNanos", 0, NANOS_MAX, pauseNanos);
        copy.watchdogNanos = given.number("watchdogNanos", 1, NANOS_MAX, watchdogNanos);
        copy.seed = given.number("seed", Long.MIN_VALUE, Long.MAX_VALUE, seed);
        return copy;
    }

    private enum Order {
        IN,
        OUT;

        static Order of(boolean inOrder) {
            return inOrder ? IN : OUT;
        }
    }

    private enum Runs {
        YES,
        NO;

        static Runs of(boolean takes) {
            return takes ? YES : NO;
        }
    }

    private static <E extends Enum<E>> E oneOf(
            EngineSettings given, String name, E[] values, E otherwise) {
        String text = given.properties().get(name);
        if (text == null) {
            return otherwise;
        }
        for (E value : values) {
            if (value.name().equalsIgnoreCase(text.replace('-', '_'))) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "option " + name + "=" + text + " must be one of " + Arrays.toString(values));
    }

    private static long require(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name + " of " + value + " must be from " + min + " to " + max);
        }
        return value;
    }

    /** How long one burst of so many bytes takes. */
    long burstNanos(long bytes) {
        return Math.max(1, bytes * 1_000 / bytesPerMicro);
    }

    /** All of it, as options. */
    @Override
    public String toString() {
        return "channels=%d physical=%d pull=%d latencyNanos=%d completionNanos=%d bytesPerMicro=%d"
                        .formatted(
                                channelsMax,
                                physicalChannels,
                                pullMax,
                                latencyNanos,
                                completionNanos,
                                bytesPerMicro)
                + " burstBytes=%d residue=%s order=%s stop=%s stopNanos=%d pauseNanos=%d"
                        .formatted(
                                burstBytes, residue, Order.of(inOrder), stop, stopNanos, pauseNanos)
                + " runs=%s watchdogNanos=%d seed=%d"
                        .formatted(Runs.of(takesRuns), watchdogNanos, seed);
    }
}
