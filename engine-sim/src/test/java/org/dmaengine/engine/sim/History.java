package org.dmaengine.engine.sim;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Operation;
import org.dmaengine.Outcome;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All that a simulated engine does under a random program of three clients, as lines of text. */
final class History implements SimObserver {
    private static final int COPIES = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final List<String> lines = new ArrayList<>();
    private Simulation simulation;

    /** Prints the history of a seed, for another process to compare with. */
    public static void main(String[] arguments) {
        of(Long.parseLong(arguments[0])).forEach(System.out::println);
    }

    static List<String> of(long seed) {
        return new History().run(seed);
    }

    private List<String> run(long seed) {
        Choices choices = Choices.of(seed);
        SimModel model =
                SimModel.defaults()
                        .withChannels(8, 2)
                        .withOrder(false)
                        .withBandwidth(1_000, 1_000)
                        .withWatchdog(Duration.ofMillis(5).toNanos())
                        .withSeed(seed);
        FaultPlan plan = FaultPlan.drawn(choices, 3 * COPIES, 4, 10_000, 100_000);
        SimEngine hardware = new SimEngine(model, plan, this);
        try (Simulation run = new Simulation(choices);
                DmaArena arena = DmaArena.open();
                DmaEngine engine =
                        DmaEngines.open(
                                hardware,
                                EngineOptions.defaults()
                                        .withScheduler(run)
                                        .withFaults(fault ->
                                                add(fault.kind() + " " + fault.channel())))) {
            simulation = run;
            List<String> clients = List.of("a", "b", "c");
            clients.forEach(name -> run.start(name, () -> client(engine, arena, name)));
            run.await(() -> clients.stream().noneMatch(run.threads()::contains), PATIENCE);
            hardware.heal();
            run.advance(PATIENCE);
        }
        return lines;
    }

    private void client(DmaEngine engine, DmaArena arena, String name) {
        try {
            MemorySegment source = arena.allocate(10_000);
            DmaChannel channel =
                    engine.requestChannel(ChannelRequest.of(Capability.MEMCPY).withName(name));
            for (int i = 0; i < COPIES; i++) {
                long length = 1L + simulation.choices().below(9_999);
                channel.tryMemcpy(arena.allocate(length), 0, source, 0, length);
                channel.issuePending();
                if (simulation.choices().oneIn(5)) {
                    add("terminated: " + channel.terminateSync(PATIENCE).isQuiesced());
                }
            }
            channel.drain(PATIENCE);
        } catch (org.dmaengine.DmaException lost) {
            add(name + " " + lost.getClass().getSimpleName());
        }
    }

    private void add(String line) {
        lines.add(simulation.nanoTime() + " " + simulation.selfName() + " " + line);
    }

    @Override
    public void taken(String channel, long ticket, Operation operation) {
        add("taken " + channel + "/" + ticket + " " + operation.lengthBytes());
    }

    @Override
    public void touching(
            String channel,
            long ticket,
            MemorySegment memory,
            long offsetBytes,
            long lengthBytes,
            boolean written) {
        add("touching " + channel + "/" + ticket + " " + offsetBytes + " " + written);
    }

    @Override
    public void lastTouch(String channel, long ticket) {
        add("last touch " + channel + "/" + ticket);
    }

    @Override
    public void ending(String channel, long ticket, Outcome outcome, long bytes) {
        add("ending " + channel + "/" + ticket + " " + outcome + " " + bytes);
    }

    @Override
    public void told(String channel, String what) {
        add("told " + channel + " " + what);
    }

    @Override
    public void fault(String channel, long ticket, SimFault fault) {
        add("fault " + channel + "/" + ticket + " " + fault);
    }
}
