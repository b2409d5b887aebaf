package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import org.dmaengine.OwnedTransfer;
import org.dmaengine.Quiesced;
import org.dmaengine.Quiescence;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Assertions on the evidence of a termination (C9). A failure shows the whole receipt.
 *
 * {@snippet :
 * assertThat(channel.terminateSync())
 *         .isQuiet()
 *         .hasCookies(3, 4)
 *         .entry(3, copy -> copy.isAborted().hasBytes(0).wasNeverStarted())
 *         .entry(4, copy -> copy.isAborted().didNotCallBack());
 * }
 */
public final class ReceiptAssert {
    private final Quiescence quiescence;
    private final Receipt receipt;

    private ReceiptAssert(Quiescence quiescence) {
        this.quiescence = quiescence;
        this.receipt = quiescence.receipt();
    }

    /** Of a wait that had no deadline. */
    public static ReceiptAssert assertThat(Receipt receipt) {
        return new ReceiptAssert(new Quiesced(receipt));
    }

    /** Of a wait with a deadline. */
    public static ReceiptAssert assertThat(Quiescence quiescence) {
        return new ReceiptAssert(quiescence);
    }

    /** All is over, no evidence was dropped, and the engine's abort did not throw. */
    public ReceiptAssert isQuiet() {
        if (quiescence instanceof StillOwned owned) {
            fail(
                    "not quiet ("
                            + owned.reason()
                            + "): "
                            + owned.transfers()
                            + owned.callback().map(each -> ", running " + each).orElse(""));
        }
        assertEquals(0, receipt.omitted(), () -> "entries were dropped from " + receipt);
        receipt.abortError()
                .ifPresent(thrown -> {
                    throw new AssertionError("the engine's abort threw " + thrown, thrown);
                });
        return this;
    }

    /** The deadline came first, and exactly these are still owned. */
    public ReceiptAssert stillOwns(Transfer... transfers) {
        if (!(quiescence instanceof StillOwned owned)) {
            throw new AssertionError("nothing is owned any more; " + receipt);
        }
        List<Long> expected = Arrays.stream(transfers).map(Transfer::cookie).toList();
        List<Long> found = owned.transfers().stream().map(OwnedTransfer::cookie).toList();
        assertEquals(expected, found, () -> "what is owned: " + owned.transfers());
        return this;
    }

    /** It lists exactly these, in the order in which they were settled. */
    public ReceiptAssert hasCookies(long... cookies) {
        List<Long> expected = Arrays.stream(cookies).boxed().toList();
        List<Long> found = receipt.entries().stream().map(Receipt.Entry::cookie).toList();
        assertEquals(expected, found, () -> "the cookies of " + receipt);
        return this;
    }

    /** Nothing had to be stopped. */
    public ReceiptAssert isEmpty() {
        return hasCookies();
    }

    /** It does not list this one: it was over before. */
    public ReceiptAssert hasNoEntry(long cookie) {
        receipt.entry(cookie).ifPresent(entry -> fail("unexpected " + entry + " in " + receipt));
        return this;
    }

    /** What it says of one transfer. */
    public ReceiptAssert entry(long cookie, Consumer<EntryAssert> assertions) {
        assertions.accept(entry(cookie));
        return this;
    }

    /** The same of a transfer by its handle. */
    public ReceiptAssert entry(Transfer transfer, Consumer<EntryAssert> assertions) {
        return entry(transfer.cookie(), assertions);
    }

    /** What it says of each of them. */
    public ReceiptAssert allEntries(Consumer<EntryAssert> assertions) {
        receipt.entries().forEach(entry -> assertions.accept(new EntryAssert(receipt, entry)));
        return this;
    }

    /** The entry of one transfer, to go on with. */
    public EntryAssert entry(long cookie) {
        return receipt.entry(cookie)
                .map(entry -> new EntryAssert(receipt, entry))
                .orElseThrow(() -> new AssertionError("no entry of " + cookie + " in " + receipt));
    }
}
