package org.dmaengine;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/** What goes wrong around a channel, told to the listener of its engine. Without the lock. */
final class ChannelFaults {
    private final VirtualChannel channel;

    ChannelFaults(VirtualChannel channel) {
        this.channel = channel;
    }

    /** The engine broke a rule; null if it did not. */
    void broken(String rule, @Nullable String message) {
        if (message != null) {
            channel.engine.report(
                    new Fault(
                            Fault.Kind.ENGINE_CONTRACT,
                            channel.name(),
                            message,
                            Optional.of(new EngineContractException(rule, message))));
        }
    }

    /** Throws nothing itself: the claim is to be given back behind it, whatever happens (C3). */
    void callbackThrew(TransferNode node, Throwable thrown) {
        try {
            channel.engine.report(
                    new Fault(
                            Fault.Kind.CALLBACK_THREW,
                            channel.name(),
                            "the callback of " + node + " threw " + describe(thrown),
                            Optional.of(thrown)));
        } catch (Throwable untold) {
            // Nobody is left who could be told: no memory, or a listener and a log that both throw.
            untold.addSuppressed(thrown);
        }
    }

    void executorRefused(Throwable thrown) {
        channel.engine.report(
                new Fault(
                        Fault.Kind.EXECUTOR_REFUSED,
                        channel.name(),
                        "the callback executor threw "
                                + describe(thrown)
                                + "; the engine's threads take over",
                        Optional.of(thrown)));
    }

    /** In its own words, if it has any: a user's class may throw here too. */
    static String describe(Throwable thrown) {
        try {
            return thrown.toString();
        } catch (Throwable wordless) {
            return thrown.getClass().getName();
        }
    }

    /** The engine threw. */
    void engineThrew(String what, Throwable thrown) {
        channel.engine.reportThrown(channel.name(), what, thrown);
    }

    /** Calls the engine; what it throws is a fault, and the answer. */
    @Nullable Throwable calling(String what, Runnable call) {
        return channel.engine.calling(channel.name(), what, call);
    }
}
