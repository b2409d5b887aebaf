package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dmaengine.OperationKind;
import org.dmaengine.Outcome;
import org.dmaengine.Proof;
import org.dmaengine.Receipt;

/** Assertions on what a receipt says of one transfer; see {@link ReceiptAssert}. */
public final class EntryAssert {
    private final Receipt receipt;
    private final Receipt.Entry entry;

    EntryAssert(Receipt receipt, Receipt.Entry entry) {
        this.receipt = receipt;
        this.entry = entry;
    }

    private EntryAssert same(String what, Object expected, Object found) {
        assertEquals(
                expected, found, () -> what + " of cookie " + entry.cookie() + " in " + receipt);
        return this;
    }

    /** What it did. */
    public EntryAssert hasKind(OperationKind expected) {
        return same("the kind", expected, entry.kind());
    }

    /** How it ended. */
    public EntryAssert hasOutcome(Outcome expected) {
        return same("the outcome", expected, entry.outcome());
    }

    /** It was caught before its end. */
    public EntryAssert isAborted() {
        return hasOutcome(Outcome.ABORTED);
    }

    /** It came to its end all the same. */
    public EntryAssert isComplete() {
        return hasOutcome(Outcome.COMPLETE);
    }

    /** Bytes moved. */
    public EntryAssert hasBytes(long expected) {
        return same("the bytes", expected, entry.bytes());
    }

    /** Bytes not moved. */
    public EntryAssert hasResidue(long expected) {
        return same("the residue", expected, entry.residueBytes());
    }

    /** What proved its last touch. */
    public EntryAssert isProvedBy(Proof expected) {
        return same("the proof", expected, entry.proof());
    }

    /** The engine never had it. */
    public EntryAssert wasNeverStarted() {
        return isProvedBy(Proof.NEVER_STARTED).hasBytes(0);
    }

    /** Its callback was run. */
    public EntryAssert calledBack() {
        return same("whether the callback ran", true, entry.callbackRan());
    }

    /** Its callback was not run, and will not be. */
    public EntryAssert didNotCallBack() {
        return same("whether the callback ran", false, entry.callbackRan());
    }
}
