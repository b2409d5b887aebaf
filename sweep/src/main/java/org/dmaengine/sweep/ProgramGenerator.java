package org.dmaengine.sweep;

import org.dmaengine.ResidueGranularity;
import org.dmaengine.engine.sim.Choices;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimModel;
import org.dmaengine.engine.sim.StopModel;

import java.util.ArrayList;
import java.util.List;

/** Draws a program from a seed. */
final class ProgramGenerator {
    private static final int THREADS_MAX = 4;
    private static final int CHANNELS_MAX = 3;
    private static final int STEPS_MAX = 40;
    private static final int SELDOM = 97;
    private static final int FAULTS_AMONG = 64;
    private static final long DELAY_MAX_NANOS = 50_000;
    private static final long WATCHDOG_NANOS = 200_000;

    /** How often each action comes up, in parts of the sum. */
    private static final List<Action> WEIGHTED = weighted();

    private final Choices choices;
    private int channels;

    private ProgramGenerator(Choices choices) {
        this.choices = choices;
    }

    static Program draw(long seed) {
        return new ProgramGenerator(Choices.of(seed)).draw();
    }

    private static List<Action> weighted() {
        List<Action> all = new ArrayList<>();
        for (Action action : Action.values()) {
            int weight =
                    switch (action) {
                        case COPY -> 20;
                        case HOT_COPY -> 6;
                        case ISSUE -> 24;
                        case TERMINATE_ASYNC, TERMINATE_SYNC, SYNCHRONIZE -> 5;
                        case STATE, STATUS, AWAIT, SLEEP, DRAIN, PAUSE -> 3;
                        case RESUME -> 6;
                        case CYCLIC -> 5;
                        case CLOSE, CLOSE_ARENA, READ_DEVICE, FUTURE, REOPEN -> 2;
                        case FILL, INTERRUPT, PREPARE, SUBMIT_KEPT, REARM -> 2;
                        case ACKNOWLEDGE, INTERRUPT_THREAD -> 1;
                        // It starts a platform thread: drawn apart, and rarely.
                        case MAP -> 0;
                    };
            for (int i = 0; i < weight; i++) {
                all.add(action);
            }
        }
        return List.copyOf(all);
    }

    private Program draw() {
        channels = 1 + choices.below(CHANNELS_MAX);
        int threads = 1 + choices.below(THREADS_MAX);
        int faultsOneIn = List.of(4, 10, 30, 1_000_000).get(choices.below(4));
        FaultPlan plan =
                FaultPlan.drawn(
                        choices, FAULTS_AMONG, faultsOneIn, Arenas.LENGTH_MAX, DELAY_MAX_NANOS);
        List<List<Step>> scripts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            scripts.add(steps(5 + choices.below(STEPS_MAX), true));
        }
        return new Program(
                choices.seed(),
                model(),
                plan,
                channels,
                choices.oneIn(4) ? 4 : 64,
                choices.oneIn(2) ? 0 : 8 << choices.below(4),
                // No choice of its own, so that older seeds still draw the programs that they drew.
                choices.seed() / 2 % 2 == 0 ? 1 : SELDOM,
                scripts);
    }

    private SimModel model() {
        StopModel[] stops = StopModel.values();
        ResidueGranularity[] residues = ResidueGranularity.values();
        SimModel model =
                SimModel.defaults()
                        .withChannels(CHANNELS_MAX, 1 + choices.below(2))
                        .withPull(1 + choices.below(4))
                        .withLatency(choices.between(0, 2_000), choices.between(0, 2_000))
                        .withBandwidth(1 + choices.below(200), 16L << choices.below(5))
                        .withResidue(residues[choices.below(residues.length)])
                        .withOrder(!choices.oneIn(4))
                        .withStop(stops[choices.below(stops.length)], choices.between(0, 5_000))
                        .withPause(choices.oneIn(2) ? 0 : choices.between(1, 3_000))
                        .withWatchdog(WATCHDOG_NANOS);
        long seed = choices.between(0, Long.MAX_VALUE - 1);
        // No choice of its own, so that older seeds still draw the programs that they drew.
        return model.withSeed(seed).withRuns(seed % 2 == 0);
    }

    private List<Step> steps(int count, boolean withCallbacks) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(step(withCallbacks));
        }
        return List.copyOf(steps);
    }

    private Step step(boolean withCallbacks) {
        Action action = withCallbacks && choices.oneIn(2_000) ? Action.MAP : choices.of(WEIGHTED);
        return new Step(
                action,
                choices.below(channels),
                choices.below(1 << 16),
                choices.oneIn(4) ? -1 : choices.between(0, DELAY_MAX_NANOS),
                withCallbacks ? behaviour() : Behaviour.NONE);
    }

    private Behaviour behaviour() {
        Behaviour.Style style =
                switch (choices.below(12)) {
                    case 0, 1, 2 -> Behaviour.Style.NONE;
                    case 3, 4, 5, 6 -> Behaviour.Style.RETURN;
                    case 7 -> Behaviour.Style.THROW;
                    case 8 -> Behaviour.Style.BLOCK;
                    case 9 -> Behaviour.Style.LOOP;
                    default -> Behaviour.Style.ACT;
                };
        return new Behaviour(
                style,
                choices.between(0, DELAY_MAX_NANOS),
                style == Behaviour.Style.ACT ? steps(1 + choices.below(4), false) : List.of());
    }
}
