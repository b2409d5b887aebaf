package org.dmaengine;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;

/** Interleavings of core, by Lincheck: the parts of the channel, and the channel as a whole. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class ModelCheckingTest {
    @AfterAll
    static void tellTotals() {
        System.out.println("lincheck: " + ModelCheck.totals());
    }

    @Test
    @DisplayName("TransferRing: submitters, engine and lock-free readers agree on the cursors")
    void shouldKeepRing() {
        ModelCheck.of(TransferRingSpec.class, 200)
                .random()
                .isLinearizable(TransferRingSpec.Model.class);
    }

    @Test
    @DisplayName("CopyRun: plain copies are taken together, in order, and end together")
    void shouldKeepRuns() {
        ModelCheck.of(CopyRunSpec.class, 200).random().isLinearizable(CopyRunSpec.Model.class);
    }

    @Test
    @DisplayName("SubmitLock: one holder at a time, and everybody gets it")
    void shouldLockSubmitters() {
        ModelCheck.of(SubmitLockSpec.class, 200).program("", "enter enter", "enter").holds();
    }

    @Test
    @DisplayName("CallbackQueue: one claim at a time, in order, none after the revocation (C3, C4)")
    void shouldKeepCallbackQueue() {
        ModelCheck.of(CallbackQueueSpec.class, 100)
                .random()
                .isLinearizable(CallbackQueueSpec.Model.class);
    }

    @Test
    @DisplayName("OutcomeHistory: outcomes in any order (C2)")
    void shouldKeepHistory() {
        ModelCheck.of(OutcomeHistorySpec.class, 100)
                .random()
                .isLinearizable(OutcomeHistorySpec.Model.class);
    }

    @Test
    @DisplayName("ClosedGenerations: two who synchronize lose no entry (C9)")
    void shouldKeepEvidence() {
        ModelCheck.of(ClosedGenerationsSpec.class, 200)
                .program("close", "collect", "collect close", "close")
                .holds();
    }

    @Test
    @DisplayName("Waiters: nobody sleeps through a change")
    void shouldWakeWaiters() {
        ModelCheck.of(WaitersSpec.class, 200)
                .program("", "await awaitSecond", "change change", "awaitUntilNow")
                .program("", "await", "awaitSecond", "change change")
                .holds();
    }

    @Test
    @DisplayName("Transfer: whoever waits for the outcome, or asked for a future, gets it (C5)")
    void shouldTellOutcome() {
        ModelCheck.of(TransferSpec.class, 200)
                .program("", "await", "publish", "await")
                .program("toFuture", "toFuture", "publish", "toFuture")
                .holds();
    }

    @Test
    @DisplayName("CallbackThreads: a task is run once, also by a thread that was about to end")
    void shouldRunEveryTask() {
        ModelCheck.of(CallbackThreadsSpec.class, 200)
                .program("execute", "execute execute", "beThread", "beThread")
                .program("execute", "execute", "beThread", "close")
                .holds();
    }

    @Test
    @DisplayName("MemoryOwner: freed once, and never in flight (C16, C12)")
    void shouldNotFreeInFlight() {
        ModelCheck.of(MemoryOwnerSpec.class, 50)
                // Close against submit: the one sees the other.
                .program("", "submit", "close close", "takeAndComplete")
                // A close that drains waits for the last transfer.
                .program("submit take", "closeAfterDrain", "complete", "submit takeAndComplete")
                // What is withheld is freed by the last proof, whoever looks first.
                .program("submit take", "closeOrWithhold close", "complete sweep")
                .program("submit take", "closeOrWithhold", "complete sweep", "submit")
                .holds();
    }

    @Test
    @DisplayName("submit, issue, next, end and state look like one call after the other (C1)")
    void shouldLookSequential() {
        ModelCheck.of(SubmitSpec.class, 100).random().isLinearizable(TransferRingSpec.Model.class);
    }

    @Test
    @DisplayName("VirtualChannel: what the contract promises, whoever comes in between")
    void shouldKeepContract() {
        ModelCheck.of(ChannelSpec.class, 20)
                // Terminate against start: nothing older starts afterwards (C4).
                .program(
                        "submitAndIssue",
                        "take take stop",
                        "terminate synchronizeNow",
                        "submitAndIssue")
                // Two terminations and newer work: no abort hits it (P3).
                .program(
                        "submitAndIssue take",
                        "terminate",
                        "terminate submitAndIssue take",
                        "stop take")
                // Terminate against callback: claimed or revoked, nothing between (C4, C5).
                .program(
                        "submitAndIssue take complete",
                        "runCallbacks",
                        "terminate synchronizeNow",
                        "submitAndIssue take complete")
                // The outcome is told once, the same to all, also without a lock (C2).
                .program("submitAndIssue submitAndIssue take take", "stop complete", "look look")
                // Await against end and against terminate (C5).
                .program("submitAndIssue", "await", "take complete", "terminate")
                // Synchronize waits for the engine and for the claimed callback (C6, C7).
                .program(
                        "submitAndIssue submitAndIssue take take complete",
                        "terminateSync",
                        "runCallbacks",
                        "stop")
                // With nothing closed it flushes the callbacks (C6).
                .program("submitAndIssue take complete", "synchronize", "runCallbacks", "terminate")
                // Drain waits for outcomes and callbacks (C8).
                .program("submitAndIssue", "drain", "take complete runCallbacks")
                // Two closers return when it is quiet, and release it once (C14).
                .program("submitAndIssue take", "close", "close", "stop")
                .program("submitAndIssue", "close", "take stop", "submitAndIssue")
                // Nothing is told to an engine that was closed (C14).
                .program("submitAndIssue take", "terminate", "stop close")
                // Abort, pause and resume are told one at a time (C13).
                .program("submitAndIssue take", "pause resume", "terminate", "pause")
                // A pause that the engine answers late, taken back meanwhile (C13).
                .program(
                        "pauseLate submitAndIssue take",
                        "pause",
                        "confirmPause terminate stop",
                        "resume")
                // A lost engine wakes all; a late end is a proof (C12).
                .program("submitAndIssue take", "await", "lose complete", "terminate")
                .random()
                .holds();
    }

    @Test
    @DisplayName("VirtualChannel: plain copies end together, and are called one by one (C3 to C9)")
    void shouldCallForPlainCopies() {
        ModelCheck.of(CopyCallbackSpec.class, 20)
                // Terminate against callbacks of one run: claimed or revoked, nothing between.
                .program(
                        "copy copy take end",
                        "runCallbacks",
                        "terminate synchronizeNow",
                        "copy take end")
                // A run that ends while callbacks of the one before are running.
                .program("copy copyQuietly take end", "runCallbacks", "copy take end", "look")
                // A status that makes nodes of those that wait.
                .program("copy copy take end", "runCallbacks", "look", "terminate")
                // Synchronize and drain wait for them (C6, C8).
                .program("copy copy take end", "synchronize", "runCallbacks", "terminate")
                .program("copy copy", "drain", "take end runCallbacks")
                .random()
                .holds();
    }

    @Test
    @DisplayName("CallbackClaims: what ends while a runner leaves finds it or has another (C3)")
    void shouldScheduleRunnerAgain() {
        ModelCheck.of(ChannelSpec.class, 100)
                // A runner whose callbacks were revoked meanwhile, and one that has called.
                .program(
                        "submitAndIssue take complete terminate submitAndIssue take",
                        "runCallbacks",
                        "complete")
                .program(
                        "submitAndIssue submitAndIssue take take complete",
                        "runCallbacks",
                        "complete")
                .holds();
        ModelCheck.of(CopyCallbackSpec.class, 200)
                .program("copy take end copy take", "runCallbacks", "end")
                .holds();
    }

    @Test
    @DisplayName("planted: a wake-up that comes between look and registration is found")
    void shouldFindLostWakeUp() {
        ModelCheck.of(BrokenWaitersSpec.class, 100)
                .program("", "await", "change")
                .fails("deadlock");
    }

    @Test
    @DisplayName("planted: a place of the ring that is published before it is filled is found")
    void shouldFindEarlyPublication() {
        ModelCheck.of(BrokenRingSpec.class, 100)
                .program("", "submit", "take")
                .fails("taken before it was filled");
    }

    @Test
    @DisplayName("planted: an arena that looks for users before it refuses new ones is found")
    void shouldFindEarlyFree() {
        ModelCheck.of(BrokenOwnerSpec.class, 100)
                .program("", "submit", "close")
                .fails("freed in flight");
    }
}
