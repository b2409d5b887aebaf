/*
 * Who comes for a channel that was rung: it is pushed without a lock, and somebody has to be called
 * only where no worker of the crew searches. A worker that ceases to search, for work or for sleep,
 * looks at the queue once more, and calls another one if there is more than it takes. With a channel
 * that may be brief it goes on searching, and ceases before it does what may take long: all but one
 * may stay there for ever.
 *
 * Checked: nothing is left lying in the queue while any of the others sleeps, or was never started.
 * Planted (-DBUG): a worker looks at the queue first, and then ceases to search.
 * Planted (-DBUG2): it does what may take long, and goes on searching.
 *
 * A comment "Class.method: code" names the code that the next step stands for.
 */
#ifdef SHORT
#define RINGERS 2
#else
#define RINGERS 3
#endif
#define WORKERS 2
#define NOBODY WORKERS

byte rung;
byte ready;
byte searching;
byte workers;
byte held;
bool callable = true;
bool searches[WORKERS];
bool parked[WORKERS];
bool permit[WORKERS];
bool started[WORKERS];
bool locked;

inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

inline updateCallable()
{
    /* Crew.updateCallable: boolean now = searching == 0 && (!parked.isEmpty() || workers < workersMax); */
    callable = (searching == 0 && (parked[0] || parked[1] || workers < WORKERS))
}

inline search(w)
{
    /* Crew.search: searching++; */
    atomic {
        if :: !searches[w] -> searches[w] = true; searching++ :: else fi
    }
    updateCallable()
}

inline stopSearching(w)
{
    /* Crew.stopSearching: searching--; */
    atomic {
        if :: searches[w] -> searches[w] = false; searching-- :: else fi
    }
    updateCallable()
}

/* Under the lock. */
inline toCall(who)
{
    /* Crew.toCall: Worker worker = parked.pollLast(); */
    atomic {
        if
        :: parked[0] -> who = 0; parked[0] = false
        :: parked[1] -> who = 1; parked[1] = false
        :: !parked[0] && !parked[1] ->
            /* Crew.toCall: workers++; */
            assert(workers < WORKERS);
            who = workers;
            workers++
        fi
    }
    /* Crew.toCall: search(worker); */
    search(who)
}

inline ifWorkToCall(who)
{
    if
    /* Crew.toCall: if (!callable || !hasWork()) { */
    :: callable && ready + rung > 0 -> toCall(who)
    :: else
    fi
}

/* Behind the lock. */
inline call(who)
{
    atomic {
        if
        :: who == NOBODY -> skip
        :: who != NOBODY && started[who] -> permit[who] = true
        :: who != NOBODY && !started[who] -> started[who] = true
        fi;
        who = NOBODY
    }
}

active [RINGERS] proctype ringer()
{
    byte who = NOBODY;
    byte rings = 2;

again:
    /* Crew.ready: push(channel); */
    rung++;
    /* Crew.ready: if (callable) { */
    if
    :: callable ->
        lock();
        ifWorkToCall(who);
        unlock();
        call(who)
    :: else
    fi;
    rings--;
    if
    :: rings > 0 -> goto again
    :: else
    fi
}

active [WORKERS] proctype worker()
{
    byte me = _pid - RINGERS;
    byte another = NOBODY;
    bool took;

    if
    :: started[me] -> skip
    :: timeout -> goto over
    fi;
look:
    lock();
    /* Crew.next: ready.appendNewestFirst((CpuChannel) RUNG.getAndSet(this, null)); */
    atomic {
        if :: ready == 0 -> ready = rung; rung = 0 :: else fi
    }
    if
    :: ready == 0 ->
        took = false;
        /* Crew.next: search(worker); */
        search(me)
    :: else ->
        ready--;
        took = true;
        if
        :: true ->
            /* Crew.next: search(worker); */
            search(me)
        :: true ->
            /* Crew.next: stopSearching(worker); */
            stopSearching(me);
            /* Crew.next: another = toCall(); */
            ifWorkToCall(another)
        fi
    fi;
    unlock();
    /* Crew.next: call(another); */
    call(another);
    if
    :: took ->
        if
        :: true -> goto look
        :: true ->
#ifndef BUG2
            /* Worker.mayTakeLong: if (searching) { */
            if
            :: searches[me] ->
                lock();
                /* Crew.mayTakeLong: stopSearching(worker); */
                stopSearching(me);
                /* Crew.mayTakeLong: another = toCall(); */
                ifWorkToCall(another);
                unlock();
                /* Crew.mayTakeLong: call(another); */
                call(another)
            :: else
            fi;
#endif
            atomic {
                if
                :: held + 1 < WORKERS -> held++; goto inside
                :: true
                fi
            }
            goto look
        fi
    :: else
    fi;
    lock();
#ifdef BUG
    took = (ready + rung > 0);
    parked[me] = true;
    stopSearching(me);
#else
    /* Crew.park: parked.addLast(worker); */
    parked[me] = true;
    /* Crew.park: stopSearching(worker); */
    stopSearching(me);
    /* Crew.park: if (closed || hasWork()) { */
    took = (ready + rung > 0);
#endif
    if
    :: took ->
        /* Crew.park: parked.removeLast(); */
        parked[me] = false;
        search(me);
        unlock();
        goto look
    :: else -> unlock()
    fi;
    if
    /* Crew.park: scheduler.park(idleNanos); */
    :: permit[me] -> permit[me] = false
    :: timeout -> goto over
    fi;
    assert(searches[me]);
    goto look;
over:
    assert(ready + rung == 0);
inside:
    skip
}
