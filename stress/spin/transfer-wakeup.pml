/*
 * Waiting for the outcome of one transfer: a push is followed by a look at the result, a
 * publication by a look at the stack. No lock; so one of the two must see the other.
 *
 * Checked: nobody is parked for ever (pan reports that as an invalid end state).
 * Planted (-DBUG): the publisher looks at the stack first.
 *
 * A comment "Class.method: code" names the code of core that the next step stands for.
 */
#define WAITERS 2

bool result;
bool lost;
/* The stack, as the set of those on it. */
bool pushed[WAITERS];
/* LockSupport: an unpark before the park makes it return at once. */
bool permit[WAITERS];

active [WAITERS] proctype waiter()
{
    byte me = _pid;

    do
    /* Transfer.awaitUntil: while (result == null && lost == null) */
    :: result || lost -> break
    :: else ->
        if
        /* Transfer.isPushed: waiter.thread.equals(thread) */
        :: !pushed[me] ->
            /* Transfer.push: WAITERS.compareAndSet(this, head, new Waiter(thread, head)) */
            pushed[me] = true
            /* Transfer.awaitUntil: continue; */
        :: else ->
            /* Transfer.awaitUntil: scheduler.park(left) */
            permit[me] -> permit[me] = false
        fi
    od
}

/* Takes the whole stack in one step; a waiter that comes later is on the next one. */
inline wakeWaiters()
{
    /* Transfer.wakeWaiters: WAITERS.getAndSet(this, null) */
    atomic {
        taken[0] = pushed[0]; pushed[0] = false;
        taken[1] = pushed[1]; pushed[1] = false
    }
    /* Transfer.wakeWaiters: scheduler.unpark(waiter.thread) */
    if :: taken[0] -> permit[0] = true :: else fi;
    if :: taken[1] -> permit[1] = true :: else fi
}

active proctype publisher()
{
    bool taken[WAITERS];

    /* The engine may be lost first; the outcome may still follow. */
    if
    :: true ->
        /* Transfer.publishLost: lost = exception */
        lost = true;
        wakeWaiters()
    :: true -> skip
    fi;
#ifdef BUG
    wakeWaiters();
    result = true
#else
    /* Transfer.publish: result = newResult */
    result = true;
    wakeWaiters()
#endif
}
