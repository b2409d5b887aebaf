/*
 * Waiting for a change of the channel: register and look under the lock, park without it, look
 * again. Whoever changes something does so under the lock, and then unparks all who are registered.
 *
 * Checked: nobody is parked for ever (pan reports that as an invalid end state), and nobody returns
 * before what it waits for is true.
 * Planted (-DBUG): a waiter registers after it has let go of the lock.
 *
 * A comment "Class.method: code" names the code of core that the next step stands for.
 */
#define WAITERS 2

byte changes;
bool locked;
bool registered[WAITERS];
bool permit[WAITERS];

inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

/* The first waits for one change; the second for two, and is woken once for nothing. */
active [WAITERS] proctype waiter()
{
    byte me = _pid;

    /* Waiters.await: if (condition.getAsBoolean()) */
    lock();
    if
    :: changes > me -> unlock(); goto over
    :: else
    fi;
#ifdef BUG
    unlock();
    registered[me] = true;
#else
    /* Waiters.await: threads.add(me) */
    registered[me] = true;
    unlock();
#endif
    do
    :: true ->
        /* Waiters.await: scheduler.park(left) */
        permit[me] -> permit[me] = false;
        /* Waiters.await: boolean met = condition.getAsBoolean() */
        lock();
        if
        :: changes > me ->
            /* Waiters.await: threads.remove(me) */
            registered[me] = false;
            unlock();
            goto over
        :: else -> unlock()
        fi
    od;
over:
    assert(changes > me)
}

/* As every change of a channel does. */
inline change()
{
    lock();
    changes++;
    /* Waiters.wake: scheduler.unpark(threads.get(i)) */
    if :: registered[0] -> permit[0] = true :: else fi;
    if :: registered[1] -> permit[1] = true :: else fi;
    unlock()
}

active proctype changer()
{
    change();
    change()
}
