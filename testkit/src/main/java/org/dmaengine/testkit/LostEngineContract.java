package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.ClosePolicy;
import org.dmaengine.DmaChannel;
import org.dmaengine.EngineLostException;
import org.dmaengine.Fault;
import org.dmaengine.Quarantine;
import org.dmaengine.StillOwned;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.List;

/** What cannot be proved in time: C12. */
interface LostEngineContract extends ContractPart {
    @Test
    @DisplayName(
            "C12, C14: a close that gives up puts the memory into quarantine; a late proof frees"
                    + " it")
    default void shouldQuarantineUntilLateProof() {
        TestBench bench = bench();
        bench.expect(Fault.Kind.ENGINE_LOST);
        BlockedInArena blocked = BlockedInArena.open(bench, new ClosePolicy.Fail());
        DmaChannel channel = blocked.transfer().channel();
        StillOwned owned =
                assertInstanceOf(
                        StillOwned.class,
                        bench.waits()
                                .within(
                                        "close(20 ms)",
                                        () -> channel.close(TestBench.shortWhile())));
        assertEquals(1, owned.transfers().size());
        assertEquals(1, bench.engine().quarantine().size());
        Quarantine.Entry entry = bench.engine().quarantine().getFirst();
        assertEquals(blocked.transfer().cookie(), entry.transfer().cookie());
        assertEquals(BlockedTransfer.BYTES, entry.transfer().bufferBytes());
        assertThrows(BuffersInFlightException.class, blocked.arena()::close);
        assertThrows(
                EngineLostException.class,
                () -> bench.waits().within("await() on a lost engine", blocked.transfer()::await));
        blocked.gate().end();
        bench.outcome(blocked.transfer());
        assertEquals(List.of(), bench.engine().quarantine());
        assertTrue(
                bench.waits()
                        .becomes(() ->
                                bench.faults().stream()
                                        .anyMatch(fault ->
                                                fault.kind() == Fault.Kind.QUARANTINE_LEFT)));
        blocked.arena().close();
    }

    @Test
    @DisplayName("C12, C16: an arena that gives up waiting is withheld, and freed by a late proof")
    default void shouldWithholdArenaUntilLateProof() {
        TestBench bench = bench();
        bench.expect(Fault.Kind.ENGINE_LOST);
        int before = Quarantine.withheldArenas();
        BlockedInArena blocked =
                BlockedInArena.open(
                        bench, new ClosePolicy.TerminateThenDrain(TestBench.shortWhile()));
        assertThrows(
                BuffersInFlightException.class,
                () -> bench.waits().runWithin("close() of the arena", blocked.arena()::close));
        assertEquals(before + 1, Quarantine.withheldArenas());
        assertTrue(blocked.arena().scope().isAlive(), "freed in flight");
        blocked.gate().end();
        bench.outcome(blocked.transfer());
        bench.waits().eventually("the arena to be freed", () -> !blocked.arena().scope().isAlive());
        bench.waits()
                .eventually(
                        "the arena to be counted no more",
                        () -> Quarantine.withheldArenas() == before);
    }
}
