/*
 * A doorbell on a busy channel of the CPU engine: the client publishes its work and then looks
 * whether somebody will look again; the owner says that nobody will, and then looks once more. Only
 * a client that finds nobody attentive rings in the slow way, under the channel's lock.
 *
 * Checked: no work is left lying while nobody serves the channel.
 * Planted (-DBUG): the owner looks first, and says it afterwards.
 *
 * A comment "Class.method: code" names the code that the next step stands for.
 */
#ifdef SHORT
#define CLIENTS 2
#else
#define CLIENTS 3
#endif

mtype = { IDLE, READY, BUSY };

byte issued;
byte taken;
byte rings;
bool attentive;
mtype phase = IDLE;
bool rung;
bool locked;

inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

active [CLIENTS] proctype client()
{
    /* Submission.issue: ring.issueAll(); */
    atomic { issued++ }
    /* CpuChannel.start: VarHandle.fullFence(); */
    /* CpuChannel.start: if (!attentive) { */
    if
    :: attentive -> skip
    :: else ->
        lock();
        if
        /* CpuChannel.ring: rung = true; */
        :: phase == BUSY -> rung = true
        /* CpuChannel.ring: take(here || afterIo ? Phase.BUSY : Phase.READY); */
        :: phase == IDLE -> phase = READY
        :: phase == READY -> skip
        fi;
        unlock()
    fi;
    rings++
}

/* Whether it took any. Under the core's lock, which one step stands for. */
inline take(any)
{
    atomic {
        any = (taken < issued);
        if :: any -> taken++ :: else fi
    }
}

active proctype owner()
{
    bool any;
    bool left;

serve:
    atomic { (phase == READY || (rings == CLIENTS && phase == IDLE)) -> skip }
    if
    :: phase == IDLE -> goto over
    :: else
    fi;
    /* CpuChannel.serve: take(Phase.BUSY); */
    lock();
    phase = BUSY;
    rung = false;
    unlock();
turn:
    if
    /* MovingChannel.turnUntilOver: attentive = true; */
    :: true -> attentive = true
    /* MovingChannel.turnUntilOver: if (here.equals(lanes.memory) && hand.isEmpty() && !here.othersWait()) { */
    :: true -> skip
    fi;
    do
    :: true ->
        /* MovingChannel.takeMore: if (queue.mayHaveNext() && take(here)) { */
        take(any);
        if
        :: any -> skip
        /* MovingChannel.takeMore: if (!attentive) { */
        :: !any && !attentive -> break
        :: else ->
#ifdef BUG
            take(any);
            /* MovingChannel.takeForTheLastTime: attentive = false; */
            attentive = false;
#else
            attentive = false;
            /* MovingChannel.takeForTheLastTime: boolean took = take(here); */
            take(any);
#endif
            if
            /* MovingChannel.takeForTheLastTime: attentive = took; */
            :: any -> attentive = true
            :: else -> break
            fi
        fi
    od;
    lock();
    if
    /* CpuChannel.leave: if (!paused && !rung) { */
    :: !rung -> phase = IDLE; left = true
    :: else -> rung = false; left = false
    fi;
    unlock();
    if
    :: left -> goto serve
    :: else -> goto turn
    fi;
over:
    assert(taken == issued)
}
