package org.dmaengine.engine.sim;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The members of a simulation, and its clock: who can run, who sleeps, and until when. Owned by
 * whoever holds the {@link Baton}, and handed on with it.
 */
final class SimMembers {
    final SimThread first;
    private final Timers timers = new Timers();
    private final List<SimThread> runnable = new ArrayList<>();
    private final List<SimThread> alive = new ArrayList<>();
    private long nowNanos;
    private int born;
    private boolean over;
    // Rises whenever something may have changed that those who watch wait for.
    private long changes;

    /** The first one runs. */
    SimMembers(SimThread first) {
        this.first = first;
        alive.add(first);
    }

    // ---- Who is there

    void join(SimThread newcomer) {
        newcomer.number = ++born;
        if (!over) {
            alive.add(newcomer);
            runnable.add(newcomer);
        }
    }

    void leave(SimThread me) {
        alive.remove(me);
    }

    /** From now on nobody joins, and nobody begins who has not; no deadline counts. */
    void end() {
        over = true;
        timers.clear();
        alive.removeIf(each -> !each.hasBegun());
        runnable.removeIf(each -> !each.hasBegun());
    }

    boolean isOver() {
        return over;
    }

    boolean isFirstAlone() {
        return alive.size() <= 1;
    }

    @Nullable SimThread of(Thread thread) {
        for (int i = 0; i < alive.size(); i++) {
            if (alive.get(i).thread().equals(thread)) {
                return alive.get(i);
            }
        }
        return null;
    }

    /** The names of all but the first. */
    List<String> names() {
        return alive.stream().filter(each -> each != first).map(SimThread::name).toList();
    }

    /** Where each of them is. */
    String whereabouts() {
        StringBuilder text = new StringBuilder();
        for (SimThread each : alive) {
            each.describe(text);
        }
        return text.toString();
    }

    // ---- Who can run

    boolean canRun() {
        return !runnable.isEmpty();
    }

    void offer(SimThread me) {
        me.state = SimThread.State.RUNNABLE;
        runnable.add(me);
    }

    /** True if the first can run; then it is the next. */
    boolean takeFirst() {
        return runnable.remove(first);
    }

    /** One of those that can run. */
    SimThread take(Choices choices) {
        SimThread next = runnable.remove(choices.thread(runnable));
        if (!next.watching) {
            changes++;
        }
        return next;
    }

    // ---- Who sleeps

    long nowNanos() {
        return nowNanos;
    }

    /** Until somebody wakes it, or this time has come; {@link Long#MAX_VALUE} is never. */
    void sleep(SimThread me, long untilNanos) {
        if (untilNanos != Long.MAX_VALUE) {
            timers.add(me, untilNanos);
        }
        me.state = SimThread.State.PARKED;
    }

    void wake(SimThread sleeper) {
        if (sleeper.state == SimThread.State.PARKED) {
            timers.remove(sleeper);
            offer(sleeper);
        }
    }

    void wakeAll() {
        alive.forEach(this::wake);
    }

    /** To the next deadline, and wakes all whose time has come. */
    void passTime() {
        SimThread due = timers.first();
        if (due == null) {
            return;
        }
        nowNanos = Math.max(nowNanos, due.wakeAtNanos);
        changes++;
        for (; due != null && due.wakeAtNanos <= nowNanos; due = timers.first()) {
            wake(due);
        }
    }

    // ---- Who watches

    /** From now on it waits for a condition of its own. */
    void watch(SimThread me) {
        me.watching = true;
    }

    void looked(SimThread me) {
        me.lookedAt = changes;
    }

    void watchNoMore(SimThread me) {
        me.watching = false;
        changes++;
    }

    /** Those who have not looked since somebody else ran. */
    void wakeWatchers() {
        for (SimThread each : alive) {
            if (each.watching && each.lookedAt != changes) {
                wake(each);
            }
        }
    }
}
