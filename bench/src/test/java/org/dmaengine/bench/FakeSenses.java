package org.dmaengine.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/** A machine that is as busy as a test says. Every look at the clock takes a tenth of a second. */
final class FakeSenses implements Quiet.Senses {
    private static final long TURN_NANOS = 100_000_000;

    /** Ticks that others use during each turn to come; none when it is empty. */
    final Deque<Integer> othersTicks = new ArrayDeque<>();

    /** Ticks that the kernel uses for itself during each turn to come. */
    final Deque<Integer> kernelTicks = new ArrayDeque<>();

    /** Ticks that the hypervisor takes. */
    final Deque<Integer> stolenTicks = new ArrayDeque<>();

    /** How far apart the cores are at each look; then as at the last one. */
    final Deque<Double> pingPongs = new ArrayDeque<>();

    int pauses;

    private long now;
    private ProcessorTimes times = new ProcessorTimes(0, 0, 0, 0, 0);
    private boolean inTurn;
    private double apart = 100;

    @Override
    public long nanoTime() {
        return now += TURN_NANOS;
    }

    @Override
    public ProcessorTimes processorTimes() {
        if (inTurn) {
            // Ours, busy on one core, and whoever else.
            times =
                    new ProcessorTimes(
                            times.userTicks() + 10 + next(othersTicks),
                            times.systemTicks() + next(kernelTicks),
                            times.stolenTicks() + next(stolenTicks),
                            times.ownUserTicks() + 10,
                            times.ownSystemTicks());
        }
        inTurn = !inTurn;
        return times;
    }

    private static int next(Deque<Integer> ticks) {
        return ticks.isEmpty() ? 0 : ticks.remove();
    }

    @Override
    public double pingPongNanos() {
        if (!pingPongs.isEmpty()) {
            apart = pingPongs.remove();
        }
        return apart;
    }

    @Override
    public void pause(long nanos) {
        pauses++;
    }
}
