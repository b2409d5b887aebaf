package org.dmaengine;

import java.util.Optional;

/**
 * Something went wrong that no caller can be told by an exception: a callback threw, an engine
 * broke its contract, memory went into quarantine. Goes to the listener of {@link
 * EngineOptions#faults}.
 *
 * @param kind what it was
 * @param channel the channel's name; the engine's, where it concerns no single channel; empty where
 *     there is no engine yet
 * @param message one line for people
 * @param cause the exception, where there was one
 */
public record Fault(Kind kind, String channel, String message, Optional<Throwable> cause) {
    /** What kinds of fault there are. */
    public enum Kind {
        /** A callback threw; nothing else was disturbed (C3). */
        CALLBACK_THREW,
        /**
         * The callback executor refused work, and the engine's own threads took it over; or, with
         * the engine's name, none of those could be started: the callbacks wait for one that comes
         * back, or for the next start.
         */
        EXECUTOR_REFUSED,
        /** The engine broke a provider rule; its report changed nothing (P4). */
        ENGINE_CONTRACT,
        /**
         * The engine's abort, resume, unmap or close threw, or an engine could not be loaded. Where
         * its start, pause or synchronize throws, it is lost.
         */
        ENGINE_THREW,
        /** The engine is lost; what it holds went into quarantine (C12). */
        ENGINE_LOST,
        /** A late proof took memory out of quarantine (C12). */
        QUARANTINE_LEFT
    }
}
