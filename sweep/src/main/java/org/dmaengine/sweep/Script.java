package org.dmaengine.sweep;

import org.dmaengine.CallbackContextException;
import org.dmaengine.ChannelClosedException;
import org.dmaengine.EngineLostException;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One client: does its steps, one after the other, and tells the oracle what it did and got. How a
 * step of each kind is done stands in the classes named for it; here is what may refuse any of
 * them, and why. A callback that acts is a client too, for as long as it runs.
 */
final class Script {
    private static final int LOOPS_MAX = 40;

    private final World world;
    private final List<Step> steps;
    // The channel whose callback it is; null outside of callbacks.
    private final @Nullable ChannelShadow inCallbackOf;

    private final SubmitSteps submits;
    private final KeptDescriptorSteps kept;
    private final StatusSteps statuses = new StatusSteps();
    private final PauseSteps pauses;
    private final WaitSteps waits;
    private final TerminateSteps terminations;
    private final CloseSteps closes;
    private final ArenaSteps arenas;

    Script(World world, List<Step> steps) {
        this(world, steps, null);
    }

    private Script(World world, List<Step> steps, @Nullable ChannelShadow inCallbackOf) {
        this.world = world;
        this.steps = steps;
        this.inCallbackOf = inCallbackOf;
        boolean inCallback = inCallbackOf != null;
        Preparation preparation = new Preparation(world, this::callback);
        this.submits = new SubmitSteps(world, preparation, this::callback);
        this.kept = new KeptDescriptorSteps(world, preparation, submits);
        this.pauses = new PauseSteps(world);
        this.waits = new WaitSteps(world, inCallback);
        this.terminations = new TerminateSteps(world, waits, inCallbackOf);
        this.closes = new CloseSteps(world, waits, inCallback);
        this.arenas = new ArenaSteps(world);
    }

    void run() {
        for (Step step : steps) {
            world.simulation.pass();
            ChannelShadow channel = world.channels.get(step.channel());
            try {
                perform(step, channel);
            } catch (ChannelClosedException closed) {
                if (!channel.closed && channel.closers == 0) {
                    throw new Violation("C14", "refused by an open channel: " + step, closed);
                }
            } catch (EngineLostException lost) {
                if (!isLost(step, channel)) {
                    throw new Violation("C12", "nobody reported the loss: " + step, lost);
                }
                world.rare.count(RareEvent.ENGINE_LOST_TO_A_WAITER);
            } catch (CallbackContextException refused) {
                if (inCallbackOf == null) {
                    throw new Violation("C10", "refused outside of callbacks: " + step, refused);
                }
                world.rare.count(RareEvent.WAIT_IN_CALLBACK_REFUSED);
            }
        }
    }

    private boolean isLost(Step step, ChannelShadow channel) {
        TransferShadow awaited = step.action() == Action.AWAIT ? submits.last() : null;
        return awaited == null ? channel.lost : awaited.channel.lost;
    }

    private void perform(Step step, ChannelShadow channel) {
        switch (step.action()) {
            case COPY, FILL, INTERRUPT, READ_DEVICE, CYCLIC ->
                    submits.prepareAndSubmit(step, channel);
            case HOT_COPY -> submits.hotCopy(step, channel);
            case PREPARE -> kept.prepare(step, channel);
            case SUBMIT_KEPT -> kept.submit(channel);
            case REARM -> kept.rearm(channel);
            case ISSUE -> submits.issue(channel);
            case STATE -> statuses.state(step, channel);
            case STATUS -> statuses.status(step, channel);
            case ACKNOWLEDGE -> statuses.acknowledge(step, channel);
            case PAUSE -> pauses.pause(channel);
            case RESUME -> pauses.resume(channel);
            case TERMINATE_ASYNC -> terminations.terminateAsync(channel);
            case TERMINATE_SYNC -> terminations.terminateSync(step, channel);
            case SYNCHRONIZE -> terminations.synchronize(step, channel);
            case DRAIN -> waits.drain(step, channel);
            case AWAIT -> waits.await(step, submits.last());
            case FUTURE -> waits.future(step, submits.last());
            case CLOSE -> closes.close(step, channel);
            case REOPEN -> closes.reopen(step, channel);
            case CLOSE_ARENA -> arenas.close(step);
            case MAP -> arenas.map(channel);
            case INTERRUPT_THREAD ->
                    world.simulation.interrupt(
                            world.clients.get(step.size() % world.clients.size()));
            case SLEEP -> sleep(step.nanos());
        }
    }

    private void sleep(long nanos) {
        world.simulation.advance(Math.max(1, nanos));
        // An interrupt that was meant for a wait is over with it.
        Thread.interrupted();
    }

    private void callback(TransferShadow transfer, Behaviour behaviour) {
        CallbackCheck check = world.oracle.callbacks;
        check.entered(transfer);
        try {
            world.simulation.pass();
            check.begins(transfer);
            switch (behaviour.style()) {
                case NONE, RETURN -> {}
                case THROW -> throw new PlannedException();
                case BLOCK -> world.simulation.advance(behaviour.nanos());
                case LOOP -> {
                    for (int i = 0; i < LOOPS_MAX; i++) {
                        world.simulation.pass();
                    }
                }
                case ACT -> new Script(world, behaviour.steps(), transfer.channel).run();
            }
        } finally {
            check.ends(transfer);
        }
    }
}
