package org.dmaengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.OperationKind;
import org.dmaengine.Outcome;
import org.dmaengine.Proof;
import org.dmaengine.Quiesced;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

class ReceiptAssertTest {
    private static final Receipt RECEIPT =
            new Receipt(
                    "channel",
                    List.of(
                            new Receipt.Entry(
                                    3,
                                    OperationKind.MEMCPY,
                                    Outcome.ABORTED,
                                    10,
                                    90,
                                    false,
                                    Proof.COMPLETION_ENTRY),
                            new Receipt.Entry(
                                    4,
                                    OperationKind.MEMSET,
                                    Outcome.ABORTED,
                                    0,
                                    100,
                                    false,
                                    Proof.NEVER_STARTED)),
                    0,
                    Optional.empty());

    private static final Receipt BROKEN =
            new Receipt("channel", List.of(), 7, Optional.of(new IllegalStateException("refused")));

    @Test
    void shouldPassWhatIsTrue() {
        ReceiptAssert.assertThat(RECEIPT)
                .isQuiet()
                .hasCookies(3, 4)
                .hasNoEntry(5)
                .entry(
                        3,
                        copy ->
                                copy.hasKind(OperationKind.MEMCPY)
                                        .isAborted()
                                        .hasBytes(10)
                                        .hasResidue(90)
                                        .isProvedBy(Proof.COMPLETION_ENTRY))
                .entry(4, EntryAssert::wasNeverStarted)
                .allEntries(EntryAssert::didNotCallBack);
        ReceiptAssert.assertThat(new Quiesced(RECEIPT)).isQuiet();
        StillOwned owned = new StillOwned(RECEIPT, List.of(), Optional.empty(), "late");
        ReceiptAssert.assertThat(owned).stillOwns();
        ReceiptAssert.assertThat(new Receipt("channel", List.of(), 0, Optional.empty())).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> shouldFailWhatIsFalse() {
        Map<String, Consumer<ReceiptAssert>> wrong =
                Map.of(
                        "cookies", receipt -> receipt.hasCookies(3),
                        "order", receipt -> receipt.hasCookies(4, 3),
                        "empty", ReceiptAssert::isEmpty,
                        "listed", receipt -> receipt.hasNoEntry(3),
                        "not listed", receipt -> receipt.entry(5),
                        "owned", ReceiptAssert::stillOwns);
        Map<String, Consumer<EntryAssert>> wrongOfThree =
                Map.of(
                        "kind",
                        entry -> entry.hasKind(OperationKind.MEMSET),
                        "outcome",
                        EntryAssert::isComplete,
                        "bytes",
                        entry -> entry.hasBytes(11),
                        "residue",
                        entry -> entry.hasResidue(91),
                        "proof",
                        EntryAssert::wasNeverStarted,
                        "callback",
                        EntryAssert::calledBack);
        return Stream.concat(
                wrong.entrySet().stream().map(each -> fails(each.getKey(), each.getValue())),
                wrongOfThree.entrySet().stream()
                        .map(each ->
                                fails(
                                        each.getKey(),
                                        receipt -> receipt.entry(3, each.getValue()))));
    }

    private static DynamicTest fails(String name, Consumer<ReceiptAssert> wrong) {
        return DynamicTest.dynamicTest(
                name,
                () ->
                        assertThatThrownBy(() -> wrong.accept(ReceiptAssert.assertThat(RECEIPT)))
                                .isInstanceOf(AssertionError.class)
                                .hasMessageContaining("COMPLETION_ENTRY"));
    }

    @Test
    void shouldFailWhatIsNotQuiet() {
        StillOwned owned = new StillOwned(RECEIPT, List.of(), Optional.empty(), "too late");
        assertThatThrownBy(() -> ReceiptAssert.assertThat(owned).isQuiet())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("too late");
        assertThatThrownBy(() -> ReceiptAssert.assertThat(BROKEN).isQuiet())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("dropped");
        Receipt refused = new Receipt("channel", List.of(), 0, BROKEN.abortError());
        assertThatThrownBy(() -> ReceiptAssert.assertThat(refused).isQuiet())
                .hasMessageContaining("refused")
                .satisfies(thrown -> assertThat(thrown.getCause()).isNotNull());
    }
}
