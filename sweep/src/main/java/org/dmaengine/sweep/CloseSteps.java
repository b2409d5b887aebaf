package org.dmaengine.sweep;

import org.dmaengine.CallbackContextException;
import org.dmaengine.ChannelBusyException;
import org.dmaengine.EngineUnavailableException;
import org.dmaengine.Quiesced;
import org.dmaengine.Quiescence;

import java.time.Duration;

/** The steps of a client that close a channel, and request one anew in its place. */
final class CloseSteps {
    private final World world;
    private final ClientCalls calls;
    private final QuiescenceCheck quiescence;
    private final RareEvents rare;
    private final WaitSteps waits;
    private final boolean inCallback;

    CloseSteps(World world, WaitSteps waits, boolean inCallback) {
        this.world = world;
        this.calls = world.oracle.calls;
        this.quiescence = world.oracle.quiescence;
        this.rare = world.rare;
        this.waits = waits;
        this.inCallback = inCallback;
    }

    void close(Step step, ChannelShadow channel) {
        if (channel.closers++ > 0) {
            rare.count(RareEvent.TWO_CLOSERS_AT_ONCE);
        }
        if (channel.synchronizers > 0) {
            rare.count(RareEvent.CLOSE_WHILE_SYNCHRONIZING);
        }
        boolean left = false;
        try {
            if (inCallback) {
                // Refused, unless there is nothing to wait for; then it closes.
                calls.mayBeTerminated();
            } else {
                calls.terminating(channel, false);
            }
            if (step.nanos() < 0 || inCallback) {
                channel.channel.close();
                quiescence.closed(channel);
                left = true;
            } else {
                Quiescence answer = channel.channel.close(Duration.ofNanos(step.nanos()));
                if (answer instanceof Quiesced) {
                    quiescence.closed(channel);
                    left = true;
                } else {
                    rare.count(RareEvent.DEADLINE_LEFT_IT_OWNED);
                }
            }
        } catch (CallbackContextException refused) {
            channel.closers--;
            throw refused;
        } finally {
            if (left) {
                channel.closed = true;
            }
        }
        waits.interrupted();
    }

    void reopen(Step step, ChannelShadow channel) {
        if (!channel.closed || world.channels.get(step.channel()) != channel) {
            return;
        }
        try {
            world.channels.set(step.channel(), world.request(step.channel()));
        } catch (ChannelBusyException | EngineUnavailableException notYet) {
            // Others wait in its close, or came first; or the controller is gone.
        }
    }
}
