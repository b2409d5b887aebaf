/*
 * Termination, from every side: a client that submits, one that terminates twice, an engine that
 * takes and ends, the callback runner, one that synchronizes, and one that closes at the end.
 *
 * Each synchronized (lock) of the channel is one atomic step here; what BottomHalf.run does
 * after leaving it is not.
 *
 * Checked: nothing of a generation starts, and no callback of it is claimed, once its terminateAsync
 * has returned (C4); new work starts only when the old is off the engine, and never under an abort
 * that has not been told (C6); synchronize returns when its generations are quiet (C6); nothing is
 * told to an engine that was closed, nor is it asked for its proof then (C14); every transfer ends,
 * nothing stays held up without a doorbell, and nobody waits for ever (C5; pan reports that as an
 * invalid end state).
 * Planted (-DBUG): next() does not look whether an abort is still to be told.
 *
 * A comment "Class.method: code" names the code of core that the next step stands for.
 */
#ifndef TRANSFERS
#define TRANSFERS 2 /* the long form takes 3 */
#endif
#define GENERATIONS 3

mtype = { NONE, SUBMITTED, STARTED, ENDED };
mtype = { IDLE, QUEUED, CLAIMED };

mtype state[TRANSFERS] = NONE;
mtype claim[TRANSFERS] = IDLE;
byte generationOf[TRANSFERS];

/* Terminating.closeGeneration: channel.generation = next */
byte generation;
bool closed[GENERATIONS];
byte onEngineOf[GENERATIONS];
bool callbackClaimed[GENERATIONS];
byte onEngine;

/* EngineControl.wishAbort: aborting = true */
bool busy;
bool wantAbort;
bool aborting;

bool bell;
bool engineStops[TRANSFERS];
bool engineClosed;

/* terminateAsync of this generation has returned to its caller. */
bool terminated[GENERATIONS];
bool submitterDone;
bool channelClosed;
/* Quiescing.isProving: return proving > 0 */
byte proving;

/* VirtualChannel.isHeldUp: control.isAborting() */
#ifdef BUG
#define ABORTING false
#else
#define ABORTING aborting
#endif
/* VirtualChannel.isHeldUp: onEngineOfOlder > 0 */
#define HELD_UP (ABORTING || onEngine > onEngineOf[generation])

#if TRANSFERS == 2
#define ANY(array, value) (array[0] == value || array[1] == value)
#define ALL(array, value) (array[0] == value && array[1] == value)
#else
#define ANY(array, value) (array[0] == value || array[1] == value || array[2] == value)
#define ALL(array, value) (array[0] == value && array[1] == value && array[2] == value)
#endif
#define HAS_TO_START ANY(state, SUBMITTED)
/* Generation.isQuiet: return onEngine == 0 && !callbackClaimed */
#define QUIET(g) (onEngineOf[g] == 0 && !callbackClaimed[g])
/* Closing.isIdle: return channel.onEngine() == 0 && !channel.claims.queue().isClaimed() && !channel.control.isBusy() && !channel.quiescing.isProving() && !channel.ring.hasToStart() */
/* EngineControl.isBusy: return busy */
#define CHANNEL_IDLE (onEngine == 0 && !ANY(claim, CLAIMED) && !busy && !wantAbort && proving == 0 && !HAS_TO_START)

/* Submit and issue, each transfer in the generation of now. */
active proctype submitter()
{
    byte i;

    for (i : 0 .. TRANSFERS - 1) {
        /* Submission.submit: return ring.add(node) */
        atomic {
            generationOf[i] = generation;
            state[i] = SUBMITTED
        }
        /* VirtualChannel.startEngine: backend.start() */
        bell = true
    }
    submitterDone = true
}

inline startIfAnyWaits()
{
    /* Terminating.told: if (channel.ring.hasToStart() && !channel.isHeldUp()) */
    if
    :: HAS_TO_START && !HELD_UP -> bell = true
    :: else
    fi
}

inline runControl()
{
    /* EngineControl.run: if (busy) */
    atomic {
        if
        :: busy -> mine = false
        :: else -> busy = true; mine = true
        fi
    }
    do
    :: mine ->
        /* EngineControl.takeWish: if (wantAbort) */
        atomic {
            if
            :: wantAbort -> wantAbort = false
            :: else -> busy = false; mine = false
            fi
        }
        if
        :: mine ->
            /* EngineControl.abort: channel.backend.abort() */
            atomic {
                assert(!engineClosed);
                for (t : 0 .. TRANSFERS - 1) {
                    if
                    :: state[t] == STARTED ->
                        /* A late abort would hit newer work. */
                        assert(closed[generationOf[t]]);
                        engineStops[t] = true
                    :: else
                    fi
                }
            }
            /* EngineControl.abort: aborting = wantAbort */
            atomic { aborting = wantAbort }
            atomic { startIfAnyWaits() }
        :: else
        fi
    :: else -> break
    od
}

/* Terminating.terminate: closeGeneration() */
inline closeGeneration()
{
    /* Terminating.closeGeneration: closing.closed = true */
    closed[generation] = true;
    mineClosed = generation;
    generation++;
    for (t : 0 .. TRANSFERS - 1) {
        /* CallbackClaims.revoke: queue.revokeNext() */
        if :: claim[t] == QUEUED -> claim[t] = IDLE :: else fi;
        /* EngineLoss.abortNotStarted: channel.endings.publish(channel.ring.at(cookie), Outcome.ABORTED, 0, null) */
        if :: state[t] == SUBMITTED -> state[t] = ENDED :: else fi
    }
    /* Terminating.closeGeneration: channel.control.wishAbort() */
    if
    :: onEngine > 0 -> wantAbort = true; aborting = true; told = false
    :: else -> told = true
    fi
}

/* Two threads that terminate once each. */
active [2] proctype terminator()
{
    byte t;
    byte mineClosed;
    bool told;
    bool mine;

    atomic { closeGeneration() }
    /* BottomHalf.run: channel.control.run() */
    if :: !told -> runControl() :: else fi;
    atomic {
        for (t : 0 .. mineClosed) { terminated[t] = true }
    }
}

active proctype engine()
{
    byte i;
    bool none;

    do
    :: bell ->
        bell = false;
        none = false;
        do
        :: !none ->
            /* EngineSide.take: if (!channel.ring.hasToStart() || channel.isHeldUp()) */
            atomic {
                none = true;
                if
                :: HAS_TO_START && !HELD_UP ->
                    for (i : 0 .. TRANSFERS - 1) {
                        if
                        :: state[i] == SUBMITTED && none ->
                            none = false;
                            assert(!terminated[generationOf[i]]);
                            assert(generationOf[i] == generation);
                            assert(!engineClosed);
                            /* EngineSide.take: node.state = State.STARTED */
                            state[i] = STARTED;
                            onEngine++;
                            onEngineOf[generation]++
                        :: else
                        fi
                    }
                :: else
                fi
            }
        :: else -> break
        od
    :: onEngine > 0 ->
        /* Any that it holds may end, stopped or not. */
        atomic {
            if
            :: state[0] == STARTED -> i = 0
            :: state[1] == STARTED -> i = 1
#if TRANSFERS > 2
            :: state[2] == STARTED -> i = 2
#endif
            fi;
            /* Endings.finish: itsGeneration.onEngine-- */
            onEngine--;
            onEngineOf[generationOf[i]]--;
            engineStops[i] = false;
            /* Endings.publish: node.state = State.ENDED */
            state[i] = ENDED;
            /* Endings.publish: !node.generation().closed */
            if
            :: !closed[generationOf[i]] -> claim[i] = QUEUED
            :: else
            fi;
            /* Endings.finish: boolean unblocks = old && channel.onEngineOfOlder == 0 */
            if
            :: generationOf[i] != generation && onEngine == onEngineOf[generation] ->
                startIfAnyWaits()
            :: else
            fi
        }
    :: channelClosed -> break
    od
}

active proctype runner()
{
    byte i;
    byte held;

    do
    :: atomic {
            ANY(claim, QUEUED) ->
            if
            :: claim[0] == QUEUED -> held = 0
            :: claim[1] == QUEUED -> held = 1
#if TRANSFERS > 2
            :: claim[2] == QUEUED -> held = 2
#endif
            fi;
            /* CallbackQueue.claimNext: node.claim = Claim.CLAIMED */
            claim[held] = CLAIMED;
            assert(!terminated[generationOf[held]]);
            /* CallbackQueue.claimNext: node.generation().callbackClaimed = true */
            callbackClaimed[generationOf[held]] = true
        }
        /* CallbackRunner.runBatch: call(node) */
        skip;
        atomic {
            /* CallbackQueue.returned: node.claim = Claim.IDLE */
            claim[held] = IDLE;
            callbackClaimed[generationOf[held]] = false
        }
    :: channelClosed -> break
    od
}

active proctype synchronizer()
{
    byte upTo;
    byte i;
    bool asks;

    /* Quiescing.quiesce: targets = channel.closed.snapshot(mine) */
    atomic { upTo = generation }
    /* Quiescing.quiesce: targets.stream().allMatch(Generation::isQuiet) */
    atomic {
        (upTo < 1 || QUIET(0)) && (upTo < 2 || QUIET(1)) ->
        for (i : 0 .. TRANSFERS - 1) {
            if
            :: state[i] != NONE && generationOf[i] < upTo ->
                assert(state[i] == ENDED);
                assert(claim[i] == IDLE)
            :: else
            fi
        }
    }
    /* Quiescing.proveLastTouch: if (channel.closing.isReleased()) */
    atomic {
        if
        :: channelClosed -> asks = false
        /* Quiescing.proveLastTouch: proving++ */
        :: else -> proving++; asks = true
        fi
    }
    if
    :: asks ->
        /* Quiescing.proveLastTouch: given = channel.backend.synchronize(deadlineNanos) */
        assert(!engineClosed);
        /* Quiescing.proveLastTouch: proving-- */
        atomic { proving-- }
    :: else
    fi
}

/* Comes when all was submitted and both terminations have closed their generations. */
active proctype closer()
{
    submitterDone && generation == 2 && ALL(state, ENDED);
    /* Closing.awaitRelease: life = Life.RELEASING */
    atomic { CHANNEL_IDLE -> channelClosed = true }
    /* Closing.release: channel.faults.calling("close", channel.backend::close) */
    engineClosed = true
}
