package org.dmaengine.sweep;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineLostException;
import org.dmaengine.EngineOptions;
import org.dmaengine.Quarantine;
import org.dmaengine.engine.sim.SimDevice;
import org.dmaengine.engine.sim.SimEngine;
import org.dmaengine.engine.sim.Simulation;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One run of one program: its simulation, its engine, and what its threads share. */
final class World {
    /** How long the threads may go on by themselves, before all is terminated for them. */
    private static final Duration PATIENCE = Duration.ofMillis(2);

    /** Keeps the schedule's choices apart from the program's. */
    private static final long SCHEDULE = 0x5eed_5eedL;

    private static final Duration FOREVER = Duration.ofSeconds(60);
    private static final int STEPS_MAX = 30_000;
    private static final int CALLBACK_THREADS_MAX = 3;

    /** How a run ended. */
    record Result(long steps, @Nullable Throwable violation, RareEvents rare, History history) {}

    private final Program program;
    private final SimEngine controller;
    final Simulation simulation;
    final Oracle oracle;
    final DmaEngine engine;
    final History history;
    final RareEvents rare = new RareEvents();

    // What the threads share. No lock: only one of them runs at a time.
    final Arenas arenas = new Arenas();
    final List<ChannelShadow> channels = new ArrayList<>();
    final List<Thread> clients = new ArrayList<>();
    private final List<SimDevice> devices = new ArrayList<>();
    // A run that failed leaves what it leaves: the next one counts from there.
    private final int quarantinedBefore = Quarantine.entries().size();
    private final int withheldBefore = Quarantine.withheldArenas();
    private int scriptsLeft;
    private int channelsOpened;

    private World(Program program, boolean recording, Sabotage sabotage) {
        this.program = program;
        this.simulation = new Simulation(program.seed() ^ SCHEDULE);
        this.history = new History(simulation, recording);
        this.oracle = new Oracle(history, rare, program.looksOneIn());
        this.controller = new SimEngine(program.model(), program.plan(), oracle.controller);
        this.engine =
                DmaEngines.open(
                        sabotage.engine(controller),
                        EngineOptions.defaults()
                                .withScheduler(sabotage.scheduler(simulation))
                                .withCallbackThreads(CALLBACK_THREADS_MAX)
                                .withFaults(oracle.faults::reported));
    }

    static Result run(Program program, boolean recording) {
        return run(program, recording, Sabotage.NONE);
    }

    /** Runs it on the calling thread. */
    static Result run(Program program, boolean recording, Sabotage sabotage) {
        World world = new World(program, recording, sabotage);
        Throwable violation = null;
        try (Simulation simulation = world.simulation) {
            simulation.onStep(world.oracle::afterStep);
            simulation.stepsMax(STEPS_MAX);
            simulation.hurry(program.hurryOneIn());
            try {
                world.play();
                world.finish();
            } catch (RuntimeException | Error thrown) {
                violation = thrown;
            }
        } catch (RuntimeException | Error thrown) {
            violation = violation == null ? thrown : violation;
        }
        return new Result(world.simulation.steps(), violation, world.rare, world.history);
    }

    private void play() {
        for (int i = 0; i < program.channels(); i++) {
            channels.add(request(i));
        }
        scriptsLeft = program.scripts().size();
        for (int i = 0; i < program.scripts().size(); i++) {
            Script script = new Script(this, program.scripts().get(i));
            clients.add(
                    simulation.start(
                            "client-" + i,
                            () -> {
                                script.run();
                                scriptsLeft--;
                            }));
        }
        simulation.await(() -> scriptsLeft == 0, PATIENCE);
    }

    ChannelShadow request(int slot) {
        String name = "c" + slot + "." + ++channelsOpened;
        DmaChannel channel =
                engine.requestChannel(
                        ChannelRequest.of(
                                        Capability.MEMCPY,
                                        Capability.MEMSET,
                                        Capability.PERIPHERAL,
                                        Capability.CYCLIC,
                                        Capability.INTERRUPT)
                                .withName(name)
                                .withDepth(program.depthMax()));
        ChannelShadow shadow = new ChannelShadow(name, channel);
        oracle.calls.opened(shadow);
        return shadow;
    }

    SimDevice device(long readableBytes) {
        SimDevice device = new SimDevice();
        device.supply(readableBytes, 0);
        devices.add(device);
        return device;
    }

    /** Whoever still waits is released; then all is closed, and every account must be even. */
    private void finish() {
        simulation.hurry(0);
        // Before anything is terminated for them.
        boolean byThemselves = scriptsLeft == 0;
        if (byThemselves && !simulation.await(() -> !oracle.areCallbacksOwed(), FOREVER)) {
            throw new Violation("C3", "callbacks of what has ended do not come");
        }
        while (scriptsLeft > 0) {
            release();
            simulation.advance(Duration.ofNanos(500_000));
        }
        release();
        do {
            List.copyOf(channels).forEach(this::close);
            // A callback that still ran may have opened one again that was closed before.
        } while (channels.stream().anyMatch(channel -> !channel.closed));
        // Callbacks may have submitted more while the channels closed one by one.
        for (Arenas.Shadow arena : arenas.all()) {
            close(arena);
        }
        engine.close();
        if (!simulation.await(() -> simulation.threads().isEmpty(), FOREVER)) {
            throw new Violation("C14", "threads are left: " + simulation.threads());
        }
        boolean left =
                Quarantine.entries().size() > quarantinedBefore
                        || Quarantine.withheldArenas() > withheldBefore;
        if (left) {
            throw new Violation(
                    "C12",
                    "left in quarantine: "
                            + Quarantine.entries()
                            + " and "
                            + Quarantine.withheldArenas()
                            + " arenas");
        }
        oracle.atEnd();
    }

    private void release() {
        devices.forEach(SimDevice::end);
        heal();
        for (ChannelShadow channel : channels) {
            long boundary = channel.lastCookie();
            oracle.calls.terminating(channel, false);
            channel.channel.terminateAsync();
            oracle.calls.terminated(channel, boundary);
        }
    }

    /** What hangs is aborted by that, terminated or not. */
    private void heal() {
        oracle.calls.mayBeTerminated();
        controller.heal();
    }

    private void close(ChannelShadow channel) {
        channel.closers++;
        while (true) {
            oracle.calls.terminating(channel, false);
            try {
                channel.channel.close();
                oracle.quiescence.closed(channel);
                return;
            } catch (EngineLostException lost) {
                // Its proof comes late: what the controller still held was ended by heal().
                channel.lost = true;
                heal();
                simulation.advance(Duration.ofNanos(100_000));
            }
        }
    }

    private void close(Arenas.Shadow arena) {
        if (!arena.freed && !arena.withheld) {
            arena.arena.close();
            oracle.quiescence.freed(arena);
        }
    }
}
