package org.dmaengine.sweep;

import org.dmaengine.Quiescence;
import org.dmaengine.Receipt;
import org.dmaengine.engine.sim.Simulation;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/** The steps of a client that terminate, synchronize, or do both in one call. */
final class TerminateSteps {
    private final Simulation simulation;
    private final ClientCalls calls;
    private final QuiescenceCheck quiescence;
    private final History history;
    private final RareEvents rare;
    private final WaitSteps waits;
    private final @Nullable ChannelShadow inCallbackOf;

    /**
     * @param inCallbackOf the channel whose callback does the steps; null outside of callbacks
     */
    TerminateSteps(World world, WaitSteps waits, @Nullable ChannelShadow inCallbackOf) {
        this.simulation = world.simulation;
        this.calls = world.oracle.calls;
        this.quiescence = world.oracle.quiescence;
        this.history = world.history;
        this.rare = world.rare;
        this.waits = waits;
        this.inCallbackOf = inCallbackOf;
    }

    void terminateAsync(ChannelShadow channel) {
        long boundary = channel.lastCookie();
        calls.terminating(channel, inCallbackOf == channel);
        channel.channel.terminateAsync();
        calls.terminated(channel, boundary);
    }

    void terminateSync(Step step, ChannelShadow channel) {
        if (inCallbackOf != null) {
            waits.refused(channel, () -> channel.channel.terminateSync());
            return;
        }
        long boundary = channel.lastCookie();
        calls.terminating(channel, false);
        await(
                step,
                channel,
                boundary,
                () -> channel.channel.terminateSync(),
                timeout -> channel.channel.terminateSync(timeout));
        calls.terminated(channel, boundary);
    }

    void synchronize(Step step, ChannelShadow channel) {
        if (inCallbackOf != null) {
            waits.refused(channel, () -> channel.channel.synchronize());
            return;
        }
        await(
                step,
                channel,
                channel.closedUpTo,
                () -> channel.channel.synchronize(),
                timeout -> channel.channel.synchronize(timeout));
    }

    /**
     * Waits for quiescence, with a deadline or without, as the step says.
     *
     * @param closedBefore the last cookie of what was closed before
     */
    private void await(
            Step step,
            ChannelShadow channel,
            long closedBefore,
            Supplier<Receipt> untimed,
            Function<Duration, Quiescence> timed) {
        history.note("synchronize", channel);
        if (channel.synchronizers++ > 0) {
            rare.count(RareEvent.TWO_SYNCHRONIZERS_AT_ONCE);
        }
        try {
            if (step.nanos() < 0) {
                quiescence.quiesced(channel, closedBefore, untimed.get());
            } else {
                long deadline = simulation.nanoTime() + step.nanos();
                Quiescence answer = timed.apply(Duration.ofNanos(step.nanos()));
                quiescence.answered(
                        channel, closedBefore, answer, simulation.nanoTime() >= deadline);
            }
        } finally {
            channel.synchronizers--;
        }
        waits.interrupted();
    }
}
