package org.dmaengine.sweep;

import org.dmaengine.CallbackContextException;
import org.dmaengine.ChannelClosedException;
import org.dmaengine.EngineLostException;

/** The steps of a client that pause and resume; a pause is taken back only by somebody (C13). */
final class PauseSteps {
    private final ClientCalls calls;
    private final History history;
    private final RareEvents rare;

    PauseSteps(World world) {
        this.calls = world.oracle.calls;
        this.history = world.history;
        this.rare = world.rare;
    }

    void pause(ChannelShadow channel) {
        long epoch = channel.holdEpoch;
        try {
            channel.channel.pause();
            // Somebody may have resumed between its answer and here.
            if (channel.holdEpoch == epoch && !channel.closed && !calls.anArenaTerminates()) {
                channel.paused = true;
                history.note("paused", channel);
            }
        } catch (ChannelClosedException | EngineLostException over) {
            throw over;
        } catch (CallbackContextException refused) {
            throw refused;
        } catch (IllegalStateException takenBack) {
            if (channel.holdEpoch == epoch && !calls.anArenaTerminates()) {
                throw new Violation("C13", "nobody took the pause back", takenBack);
            }
            rare.count(RareEvent.PAUSE_TAKEN_BACK);
        }
    }

    void resume(ChannelShadow channel) {
        boolean wasPaused = channel.paused;
        long epoch = ++channel.holdEpoch;
        channel.paused = false;
        history.note("resume", channel);
        try {
            channel.channel.resume();
        } catch (ChannelClosedException | EngineLostException over) {
            throw over;
        } catch (IllegalStateException notPaused) {
            if (wasPaused && channel.holdEpoch == epoch) {
                throw new Violation("C13", "a paused channel refused to resume", notPaused);
            }
        }
    }
}
