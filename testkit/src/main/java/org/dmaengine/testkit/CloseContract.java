package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Capability;
import org.dmaengine.ChannelClosedException;
import org.dmaengine.DmaChannel;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Quiesced;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Closing channels and engines: C14. */
interface CloseContract extends ContractPart {
    @Test
    @DisplayName("C14: close terminates, waits, and refuses new work; again it does nothing")
    default void shouldCloseBusyChannel() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        DmaChannel channel = held.channel();
        BoundedWaits.Running<String> closing = closing(bench, channel);
        bench.waits().eventually("close() to refuse new work", () -> isRefusing(channel));
        held.letStop();
        closing.result();
        assertTrue(held.transfer().result().isPresent());
        bench.waits().runWithin("a second close()", channel::close);
        assertInstanceOf(Quiesced.class, channel.close(bench.waits().deadline()));
        channel.terminateAsync();
        channel.issuePending();
        assertFalse(bench.engine().channels().contains(channel));
        bench.lateWrites().freed(held.transfer().toString(), held.target());
        bench.lateWrites().watch(TestBench.shortWhile());
    }

    /** A closed channel says that before it looks at what it can do. */
    private static boolean isRefusing(DmaChannel channel) {
        try {
            channel.prepInterrupt();
            return false;
        } catch (ChannelClosedException closed) {
            return true;
        } catch (PrepRefusedException lacksIt) {
            return false;
        }
    }

    @Test
    @DisplayName("C14: concurrent closers all return only when it is quiet")
    default void shouldLetAllClosersWait() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        BlockedCallback blocked = bench.closing(new BlockedCallback());
        channel.submit(
                bench.prepCopy(channel, bench.target(4096), bench.source(4096))
                        .onComplete(blocked::onComplete));
        channel.issuePending();
        blocked.awaitRunning(bench);
        List<BoundedWaits.Running<String>> closers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            closers.add(closing(bench, channel));
        }
        assertFalse(channel.synchronize(TestBench.shortWhile()).isQuiesced());
        closers.forEach(each -> assertFalse(each.isDone(), "closed while a callback ran"));
        blocked.close();
        closers.forEach(BoundedWaits.Running::result);
    }

    private static BoundedWaits.Running<String> closing(TestBench bench, DmaChannel channel) {
        return bench.waits()
                .start(
                        "close()",
                        () -> {
                            channel.close();
                            return "closed";
                        });
    }

    @Test
    @DisplayName("C14: what is asked of a closed channel says that it is closed")
    default void shouldSayClosed() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(4096);
        var prepared = bench.prepCopy(channel, target, source);
        Transfer before = bench.copy(channel, target, source);
        assertTrue(bench.outcome(before).isWhole());
        bench.waits().runWithin("close()", channel::close);
        assertThrows(ChannelClosedException.class, () -> bench.prepCopy(channel, target, source));
        assertThrows(ChannelClosedException.class, () -> channel.submit(prepared));
        if (bench.can(Capability.MEMCPY)) {
            assertThrows(
                    ChannelClosedException.class,
                    () -> channel.tryMemcpy(target, 0, source, 0, 4096));
        }
        assertTrue(before.await().isWhole());
    }

    @Test
    @DisplayName("C14: closing the engine closes its channels, busy ones too")
    default void shouldCloseEngineWithBusyChannels() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        BoundedWaits.Running<String> closing =
                bench.waits()
                        .start(
                                "close() of the engine",
                                () -> {
                                    bench.engine().close();
                                    return "closed";
                                });
        if (!held.stopsWhenAborted()) {
            held.release();
        }
        closing.result();
        assertTrue(held.transfer().result().isPresent());
        assertEquals(List.of(), bench.engine().channels());
        assertThrows(ChannelClosedException.class, () -> bench.engine().requestChannel());
    }

    @Test
    @DisplayName("C14: a blocked neighbour does not hold up a close")
    default void shouldCloseBesideBlockedNeighbour() {
        TestBench bench = bench();
        bench.assumeChannels(2);
        HeldTransfer held = HeldTransfer.open(bench);
        DmaChannel other = bench.copyChannel();
        Transfer transfer = bench.copy(other, bench.target(4096), bench.source(4096));
        assertTrue(bench.outcome(transfer).isWhole());
        bench.waits().runWithin("close() beside a blocked channel", other::close);
        held.release();
        assertTrue(bench.outcome(held.transfer()).isWhole());
    }

    @Test
    @DisplayName("C14: a channel can be had again and again")
    default void shouldReopenChannels() {
        TestBench bench = bench();
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(4096);
        for (int i = 0; i < 50; i++) {
            DmaChannel channel = bench.copyChannel();
            assertTrue(bench.outcome(bench.copy(channel, target, source)).isWhole());
            bench.waits().runWithin("close()", channel::close);
        }
    }
}
