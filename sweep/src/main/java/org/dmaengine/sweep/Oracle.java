package org.dmaengine.sweep;

/**
 * Checks the contract from outside: it sees what clients call and get, what callbacks do, and what
 * the controller touches and reports, each at its moment, and throws a {@link Violation} where the
 * two do not fit. It knows nothing of the inside of core.
 *
 * <p>Its parts are told of one kind of moment each, and share what they know of channels and
 * transfers, the shadows:
 *
 * <ul>
 *   <li>{@link ClientCalls}: what clients have called;
 *   <li>{@link ControllerCheck}: what the controller starts, touches and ends;
 *   <li>{@link OutcomeCheck}: what became visible in a step;
 *   <li>{@link CallbackCheck}: what callbacks do;
 *   <li>{@link QuiescenceCheck}: what waits and closes promise when they return;
 *   <li>{@link FaultCheck}: what the engine reports.
 * </ul>
 *
 * <p>No lock: all of it runs on the thread that holds the simulation's baton.
 */
final class Oracle {
    private final FirstViolation violation = new FirstViolation();
    private final ChannelShadows channels = new ChannelShadows();
    private final OutcomeCheck outcomes;
    private final int looksOneIn;
    private long steps;

    final ClientCalls calls;
    final CallbackCheck callbacks;
    final QuiescenceCheck quiescence;
    final FaultCheck faults;
    final ControllerCheck controller;

    /**
     * @param looksOneIn see {@link Program#looksOneIn}
     */
    Oracle(History history, RareEvents rare, int looksOneIn) {
        this.looksOneIn = looksOneIn;
        this.outcomes = new OutcomeCheck(history, violation);
        this.calls = new ClientCalls(history, rare, channels, outcomes);
        this.callbacks = new CallbackCheck(history, rare, violation);
        this.quiescence = new QuiescenceCheck(history, rare, violation, outcomes);
        this.faults = new FaultCheck(history, rare, violation, channels);
        this.controller = new ControllerCheck(history, rare, violation, channels, faults);
    }

    /** After every step: what became visible, and whether it fits. */
    void afterStep() {
        if (++steps % looksOneIn == 0) {
            outcomes.look();
        }
        violation.throwIfFound();
    }

    /** Whether any callback is to run still of what ended by itself. */
    boolean areCallbacksOwed() {
        return callbacks.areOwed(channels);
    }

    /** All is closed, and the controller healed: every account must be even. */
    void atEnd() {
        outcomes.look();
        outcomes.atEnd();
        faults.atEnd();
        callbacks.atEnd(channels);
        violation.throwIfFound();
    }
}
