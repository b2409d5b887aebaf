package org.dmaengine;

import java.util.Optional;

/**
 * Something went wrong that no caller can be told by an exception: a callback threw, an engine
 * broke its contract, memory went into quarantine. Goes to the listener of {@link
 * EngineOptions#faults}.
 *
 * @param kind what it was
 * @param channel the channel's name
 * @param message one line for people
 * @param cause the exception, where there was one
 */
public record Fault(Kind kind, String channel, String message, Optional<Throwable> cause) {
    /** What kinds of fault there are. */
    public enum Kind {
        /** A callback threw; nothing else was disturbed (C3). */
        CALLBACK_THREW,
        /** The callback executor refused work; the engine's own threads took it over. */
        EXECUTOR_REFUSED,
        /** The engine broke a provider rule; its report changed nothing (P4). */
        ENGINE_CONTRACT,
        /** The engine's abort, pause, resume, start or unmap threw. */
        ENGINE_THREW,
        /** The engine is lost; what it holds went into quarantine (C12). */
        ENGINE_LOST,
        /** A late proof took memory out of quarantine (C12). */
        QUARANTINE_LEFT
    }
}
