package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.ChannelBusyException;
import org.dmaengine.DmaChannel;
import org.dmaengine.EngineDescription;
import org.dmaengine.NoCapableChannelException;
import org.dmaengine.OperationKind;
import org.dmaengine.Outcome;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Proof;
import org.dmaengine.QueueFullException;
import org.dmaengine.Receipt;
import org.dmaengine.Termination;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.dmaengine.spi.EngineProvider.Probe;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What an engine declares, and whether that is true: P1, P2, P3, P4, P6, P7 and P10. */
interface ProviderContract extends ContractPart {
    @Test
    @DisplayName("P6: probe and opened engine declare the same")
    default void shouldDeclareWhatItsProbeSaid() {
        TestBench bench = bench();
        Probe probe = bench.subject().provider().probe();
        Probe.Available available = assertInstanceOf(Probe.Available.class, probe);
        assertEquals(available.description(), bench.description());
        assertEquals(bench.subject().provider().name(), bench.engine().name());
    }

    @Test
    @DisplayName("P1, P6: every operation it declares has a row in the honesty table")
    default void shouldHaveRowForEachOperation() {
        EngineDescription description = bench().description();
        Set<OperationKind> needed = EnumSet.noneOf(OperationKind.class);
        for (Capability capability : description.capabilities()) {
            switch (capability) {
                case MEMCPY -> needed.add(OperationKind.MEMCPY);
                case MEMSET -> needed.add(OperationKind.MEMSET);
                case INTERRUPT -> needed.add(OperationKind.INTERRUPT);
                case CYCLIC -> needed.add(OperationKind.CYCLIC);
                case INTERLEAVED -> needed.add(OperationKind.INTERLEAVED);
                case COMMAND -> needed.add(OperationKind.COMMAND);
                case PERIPHERAL, PAUSE, COMPLETION_NO_ORDER -> {
                    // Peripherals need one row of three; the others are no operations.
                }
            }
        }
        assertTrue(
                description.termination().keySet().containsAll(needed),
                () -> needed + " against " + description.termination());
        description
                .termination()
                .forEach((kind, row) ->
                        assertNotEquals(Proof.NEVER_STARTED, row.proof(), kind::name));
    }

    @Test
    @DisplayName("P2: issuing does not wait for the transfer")
    default void shouldNotBlockInStart() {
        TestBench bench = bench();
        bench.slow();
        if (!bench.can(Capability.MEMCPY)) {
            // What the file system has at hand may be read at once; a pipe that is empty cannot.
            HeldTransfer held = HeldTransfer.open(bench);
            held.assumeStillHeld();
            return;
        }
        DmaChannel channel = bench.channel(Capability.MEMCPY);
        MemorySegment source = bench.source(bench.longCopyBytes());
        MemorySegment target = bench.target(source.byteSize());
        // Once may be bad luck of the thread; each time is not.
        int tries = 5;
        boolean returnedEarly = false;
        for (int i = 0; i < tries && !returnedEarly; i++) {
            Transfer transfer = channel.submit(channel.prepMemcpy(target, source));
            bench.waits().runWithin("issuePending()", channel::issuePending);
            returnedEarly = transfer.result().isEmpty();
            bench.outcome(transfer);
        }
        assertTrue(returnedEarly, "issuePending() returned only after the transfer had ended");
    }

    @Test
    @DisplayName("P2: issuing on a busy channel queues and does not wait")
    default void shouldNotBlockInStartOfBusyChannel() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        DmaChannel channel = held.channel();
        bench.assumeCopies();
        MemorySegment source = bench.source(4096);
        Transfer next = channel.submit(bench.prepCopy(channel, bench.target(4096), source));
        bench.waits().runWithin("issuePending() behind a held transfer", channel::issuePending);
        channel.issuePending();
        held.release();
        assertEquals(Outcome.COMPLETE, bench.outcome(next).outcome());
    }

    @Test
    @DisplayName("P3: abort does not wait for what runs, and concerns one channel only")
    default void shouldNotBlockInAbort() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        bench.assumeChannels(2);
        HeldTransfer neighbour = HeldTransfer.open(bench, bench.channel(), result -> {});
        bench.waits().runWithin("terminateAsync()", held.channel()::terminateAsync);
        held.letStop();
        bench.outcome(held.transfer());
        if (neighbour.isControlled()) {
            assertTrue(neighbour.isHeld(), "the neighbour channel's transfer was stopped too");
        }
        neighbour.release();
        assertEquals(
                Outcome.COMPLETE,
                bench.outcome(neighbour.transfer()).outcome(),
                "the neighbour channel's transfer was stopped too");
    }

    @Test
    @DisplayName("P3: abort returns while a call that cannot be stopped is still running")
    default void shouldNotBlockInAbortOfBlockingCall() {
        TestBench bench = bench();
        BlockedTransfer blocked = BlockedTransfer.open(bench);
        bench.waits().runWithin("terminateAsync()", blocked.channel()::terminateAsync);
        assertTrue(blocked.transfer().result().isEmpty(), "it ended while its call was running");
        blocked.gate().end();
        bench.outcome(blocked.transfer());
    }

    @Test
    @DisplayName("P4: one end for each transfer, no more and no fewer")
    default void shouldEndEachTransferOnce() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        List<Transfer> transfers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            transfers.add(channel.submit(bench.prepCopy(channel, bench.target(4096), source)));
            if (i % 3 == 0) {
                channel.issuePending();
            }
        }
        channel.issuePending();
        transfers.forEach(each -> assertTrue(bench.outcome(each).isWhole()));
        bench.waits().within("terminateSync()", channel::terminateSync);
        // The bench fails on every report that the core refused.
        assertEquals(List.of(), bench.faults());
    }

    @Test
    @DisplayName("P6: a copy stops as the honesty table says")
    default void shouldStopCopyAsDeclared() {
        TestBench bench = bench();
        bench.slow();
        DmaChannel channel = bench.copyChannel();
        Termination row = bench.assumeRow(bench.copyKind());
        MemorySegment source = bench.source(bench.longCopyBytes());
        MemorySegment target = bench.target(source.byteSize());
        boolean promises =
                row.effect() == AbortEffect.AT_ONCE || row.effect() == AbortEffect.CHUNK_BOUNDARY;
        boolean caught = false;
        for (int i = 0; i < 10 && !caught; i++) {
            Transfer transfer = bench.copy(channel, target, source);
            bench.waits()
                    .eventually(
                            "the copy to be on the engine or over",
                            () ->
                                    transfer.result().isPresent()
                                            || channel.status(transfer.cookie()).inFlightBytes()
                                                    > 0);
            Receipt receipt = bench.waits().within("terminateSync()", channel::terminateSync);
            TransferResult result = bench.outcome(transfer);
            if (receipt.entry(transfer.cookie()).isPresent()) {
                caught = result.outcome() == Outcome.ABORTED;
                assertTrue(
                        promises || !caught,
                        () -> "declared " + row + " and yet it was stopped: " + result);
            }
        }
        assumeFalse(
                promises
                        && !caught
                        && bench.subject().slowOptions().equals(bench.subject().options()),
                "copies are too fast to be caught; give the suite slowOptions");
        assertEquals(promises, caught, () -> "declared " + row + ", and none of 10 copies stopped");
    }

    @Test
    @DisplayName("P6: a blocked stream stops as the honesty table says")
    default void shouldStopStreamAsDeclared() {
        TestBench bench = bench();
        bench.assumeCan(Capability.PERIPHERAL);
        Termination row = bench.assumeRow(OperationKind.STREAM);
        HeldTransfer held = HeldTransfer.open(bench);
        assumeTrue(held.isControlled(), "no pipe to block on");
        held.channel().terminateAsync();
        if (row.effect() == AbortEffect.AT_ONCE) {
            bench.waits().within("synchronize() on a blocked pipe", held.channel()::synchronize);
            assertEquals(Outcome.ABORTED, bench.outcome(held.transfer()).outcome());
        } else {
            held.release();
            bench.waits().within("synchronize()", held.channel()::synchronize);
        }
        Receipt none = bench.waits().within("a second synchronize()", held.channel()::synchronize);
        assertEquals(List.of(), none.entries(), "evidence is handed out once");
    }

    @Test
    @DisplayName("P7: cookies rise on each channel, whatever the others do")
    default void shouldCountCookiesPerChannel() {
        TestBench bench = bench();
        bench.assumeChannels(2);
        DmaChannel first = bench.copyChannel();
        DmaChannel second = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(4096);
        for (long expected = 1; expected <= 10; expected++) {
            assertEquals(expected, bench.copy(first, target, source).cookie());
            bench.waits().runWithin("drain()", first::drain);
        }
        assertEquals(1, bench.copy(second, target, source).cookie());
        assertEquals(TransferState.UNKNOWN, second.state(2));
        assertNotEquals(first.name(), second.name());
    }

    @Test
    @DisplayName("P10: a full queue answers, and takes again once there is room")
    default void shouldAnswerFull() {
        TestBench bench = bench();
        bench.assumeCopies();
        DmaChannel channel = bench.engine().requestChannel(bench.request().withDepth(4));
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(4096);
        int taken = 0;
        while (channel.trySubmit(bench.prepCopy(channel, target, source)) != 0) {
            taken++;
            assertTrue(taken <= 4, "the queue of depth 4 took " + taken);
        }
        assertEquals(4, taken);
        if (bench.can(Capability.MEMCPY)) {
            assertEquals(0, channel.tryMemcpy(target, 0, source, 0, 4096));
        }
        assertThrows(
                QueueFullException.class,
                () -> channel.submit(bench.prepCopy(channel, target, source)));
        channel.issuePending();
        bench.waits().runWithin("drain()", channel::drain);
        assertTrue(channel.trySubmit(bench.prepCopy(channel, target, source)) > 0);
    }

    @Test
    @DisplayName("P10: channels are bounded and exclusive; a closed one is free again")
    default void shouldBoundChannels() {
        TestBench bench = bench();
        int max = bench.description().channelsMax();
        assumeTrue(max <= 64, "the engine has " + max + " channels");
        List<DmaChannel> all = new ArrayList<>();
        for (int i = 0; i < max; i++) {
            all.add(bench.channel());
        }
        assertThrows(ChannelBusyException.class, bench::channel);
        bench.waits().runWithin("close()", all.getFirst()::close);
        assertFalse(bench.engine().channels().contains(all.getFirst()));
        bench.channel();
    }

    @Test
    @DisplayName("P6: what is not declared is refused at the door")
    default void shouldRefuseWhatIsNotDeclared() {
        TestBench bench = bench();
        Set<Capability> missing =
                EnumSet.complementOf(EnumSet.copyOf(bench.description().capabilities()));
        for (Capability each : missing) {
            assertThrows(
                    NoCapableChannelException.class, () -> bench.engine().requestChannel(each));
        }
        bench.assumeCopies();
        bench.assumeCan(Capability.INTERRUPT);
        DmaChannel onlyInterrupts = bench.engine().requestChannel(Capability.INTERRUPT);
        PrepRefusedException refused =
                assertThrows(
                        PrepRefusedException.class,
                        () ->
                                bench.prepCopy(
                                        onlyInterrupts, bench.target(4096), bench.source(4096)));
        assertEquals(PrepRefusedException.Reason.CAPABILITY, refused.reason());
    }
}
