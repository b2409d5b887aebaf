package org.dmaengine.sweep;

/** What a sweep must have come across, or it has not looked hard enough. */
public enum RareEvent {
    /** A termination while a callback of that channel was running. */
    TERMINATE_WHILE_CALLBACK_RUNS,
    /** A termination by a callback of the channel itself. */
    TERMINATE_IN_OWN_CALLBACK,
    /** The engine ended a transfer after its generation was closed. */
    END_AFTER_GENERATION_CLOSED,
    /** A transfer was complete, and a termination came before its callback. */
    CALLBACK_REVOKED,
    /** A callback began though its generation was closed: it was claimed before. */
    CALLBACK_CLAIMED_BEFORE_CLOSE,
    TWO_CLOSERS_AT_ONCE,
    TWO_SYNCHRONIZERS_AT_ONCE,
    CLOSE_WHILE_SYNCHRONIZING,
    /** Work was submitted while somebody waited in synchronize. */
    SUBMIT_DURING_SYNCHRONIZE,
    /** Newer work was issued while older was still on the engine after a termination. */
    ISSUE_BEFORE_OLD_IS_OFF,
    QUARANTINE_ENTERED,
    QUARANTINE_LEFT,
    ENGINE_LOST_TO_A_WAITER,
    CALLBACK_THREW,
    /** A wait in a callback was refused (C10). */
    WAIT_IN_CALLBACK_REFUSED,
    STALE_DESCRIPTOR_REFUSED,
    QUEUE_FULL,
    /** A deadline ended a wait, and the memory stayed owned (C11). */
    DEADLINE_LEFT_IT_OWNED,
    INTERRUPT_DURING_A_WAIT,
    PAUSE_TAKEN_BACK,
    TERMINATE_WHILE_PAUSED,
    ARENA_CLOSE_REFUSED,
    ARENA_WITHHELD,
    SUBMIT_TO_CLOSED_ARENA_REFUSED,
    DUPLICATE_END,
    SPURIOUS_END,
    OLD_END,
    LOST_COMPLETION,
    REORDERED_END,
    TORN_WRITE,
    PARTIAL_TRANSFER,
    TRANSFER_FAILED,
    STUCK_TRANSFER,
    /** A transfer that nobody could stop went on writing after its termination. */
    RUNAWAY_WROTE_AFTER_TERMINATION,
    ENGINE_REFUSED_TO_STOP,
    ENGINE_GONE,
    RING_FULL,
    PERIODS_MISSED_OR_HELD,
    MAPPED_MEMORY_HELD_OPEN
}
