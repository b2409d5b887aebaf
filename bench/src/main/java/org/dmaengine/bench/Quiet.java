package org.dmaengine.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Sees to it that a figure tells of the work and of nothing else. A turn counts only if, while it
 * ran, neither other programs nor the hypervisor took a notable part of the two cores, and if these
 * were as near to each other after it as before. Otherwise it is repeated; when that does not help,
 * the case has no figure.
 */
final class Quiet {
    // Ticks are what the system counts in, and each of its sums may be wrong by one or two.
    private static final long NOISE_NANOS = 4 * ProcessorTimes.TICK_NANOS;
    private static final double TURN_PART_MAX = 0.1;
    private static final double CASE_PART_NOTED = 0.03;
    private static final int CORES = 2;
    private static final double MOVED_FACTOR = 1.5;
    private static final int REPEATS_MAX = 10;
    private static final long PAUSE_NANOS = 100_000_000;

    /** What is looked at; a test may look at something else. */
    interface Senses {
        long nanoTime();

        ProcessorTimes processorTimes() throws IOException;

        /** How long a line takes to the other core and back. */
        double pingPongNanos() throws InterruptedException;

        void pause(long nanos) throws InterruptedException;
    }

    /** The machine did not become quiet. */
    static final class Disturbed extends Exception {
        private static final long serialVersionUID = 1;

        Disturbed(String reason) {
            super(reason);
        }
    }

    private final Senses senses;
    private final boolean insists;

    /**
     * @param insists whether a turn that was disturbed does not count; if not, there is a note only
     */
    Quiet(Senses senses, boolean insists) {
        this.senses = senses;
        this.insists = insists;
    }

    Watch watch(boolean kernelWorks) throws IOException, InterruptedException {
        return new Watch(kernelWorks);
    }

    /**
     * A turn that counts.
     *
     * @param turn what it has measured
     * @param apartNanos how far apart the cores were
     */
    record Watched(Turn turn, double apartNanos) {
        /** Whether the cores were as far apart as during the others. */
        boolean isComparableTo(Watched... others) {
            return Arrays.stream(others).noneMatch(each -> hasMoved(apartNanos, each.apartNanos));
        }
    }

    private static boolean hasMoved(double beforeNanos, double afterNanos) {
        return Math.max(beforeNanos, afterNanos) > MOVED_FACTOR * Math.min(beforeNanos, afterNanos);
    }

    /** Over the turns of one case. */
    final class Watch {
        private final boolean kernelWorks;
        private final List<String> disturbances = new ArrayList<>();
        private final List<Double> pingPongs = new ArrayList<>();
        private long watchedNanos;
        private long othersNanos;

        private Watch(boolean kernelWorks) throws IOException, InterruptedException {
            this.kernelWorks = kernelWorks;
        }

        Watched turn(Callable<Turn> measure) throws Exception {
            for (int repeats = 1; ; repeats++) {
                double near = senses.pingPongNanos();
                ProcessorTimes before = senses.processorTimes();
                long begin = senses.nanoTime();
                Turn turn = measure.call();
                long nanos = senses.nanoTime() - begin;
                ProcessorTimes after = senses.processorTimes();
                double nearAfter = senses.pingPongNanos();
                pingPongs.add(near);
                pingPongs.add(nearAfter);
                Optional<String> disturbance =
                        moved(near, nearAfter).or(() -> busy(before, after, nanos));
                if (disturbance.isPresent()) {
                    disturbances.add(disturbance.get());
                }
                if (disturbance.isEmpty() || !insists) {
                    watchedNanos += nanos;
                    othersNanos += after.othersNanos(before, !kernelWorks);
                    return new Watched(turn, Math.max(near, nearAfter));
                }
                repeatOrGiveUp(repeats, disturbance.get());
            }
        }

        /**
         * Whether turns of neighbours may be compared; if not, they are to be repeated.
         *
         * @param repeats how often they were measured
         */
        boolean areComparable(int repeats, Watched one, Watched... others) throws Exception {
            if (one.isComparableTo(others)) {
                return true;
            }
            disturbances.add("the cores changed places between two turns");
            if (insists) {
                repeatOrGiveUp(repeats, disturbances.getLast());
            }
            return !insists;
        }

        private void repeatOrGiveUp(int repeats, String disturbance) throws Exception {
            if (repeats > REPEATS_MAX) {
                throw new Disturbed(disturbance);
            }
            senses.pause(PAUSE_NANOS * repeats);
        }

        private Optional<String> moved(double before, double after) {
            return !hasMoved(before, after)
                    ? Optional.empty()
                    : Optional.of(
                            "the cores changed places: "
                                    + Math.round(before)
                                    + " ns apart, then "
                                    + Math.round(after));
        }

        private Optional<String> busy(ProcessorTimes before, ProcessorTimes after, long nanos) {
            double allowed = Math.max(NOISE_NANOS, TURN_PART_MAX * nanos * CORES);
            long others = after.othersNanos(before, !kernelWorks);
            long stolen = after.stolenNanos(before);
            if (others > allowed) {
                return Optional.of("other programs took " + percent(others, nanos) + " of a core");
            }
            return stolen > allowed
                    ? Optional.of("the hypervisor took " + percent(stolen, nanos) + " of a core")
                    : Optional.empty();
        }

        /** What the reader has to know. */
        List<String> notes() {
            List<String> notes = new ArrayList<>();
            if (!disturbances.isEmpty()) {
                notes.add(
                        disturbances.size()
                                + (insists ? " turns repeated" : " turns disturbed")
                                + ", the last because "
                                + disturbances.getLast());
            }
            if (othersNanos > CASE_PART_NOTED * watchedNanos * CORES) {
                notes.add("others took " + percent(othersNanos, watchedNanos) + " of a core");
            }
            Series apart = new Series(pingPongs);
            if (apart.max() > MOVED_FACTOR * apart.min()) {
                notes.add(
                        "cores "
                                + Math.round(apart.min())
                                + " to "
                                + Math.round(apart.max())
                                + " ns apart");
            }
            return notes;
        }
    }

    private static String percent(long part, long whole) {
        return Math.round(100.0 * part / whole) + " %";
    }
}
