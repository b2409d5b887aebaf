package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Who owns a buffer, and since when. */
interface OwnershipScenarios extends ScenarioPart {
    @Test
    @DisplayName(
            "R22 (dmatest: wait queue in thread context, frees before terminate): a client times"
                    + " out and is gone, the completion comes later: nothing is written to the dead"
                    + " waiter, and its buffer could not be reused meanwhile")
    default void r22_completionAfterClientIsGone() {
        play(bench -> {
            DmaArena memory = DmaArena.open();
            DmaChannel channel = bench.channels.open();
            HeldRead held =
                    HeldRead.open(bench, channel, memory.allocate(HeldRead.BYTES), any -> {});
            Transfer transfer = held.transfer();
            AtomicReference<CompletableFuture<TransferResult>> waited = new AtomicReference<>();
            Party<Boolean> client =
                    bench.parties.run(
                            "a client that gives up",
                            () -> {
                                CompletableFuture<TransferResult> future = transfer.toFuture();
                                waited.set(future);
                                assertFalse(transfer.await(bench.clock.whileLong()).isQuiesced());
                                future.cancel(false);
                            });
            client.result();
            BuffersInFlightException refused =
                    assertThrows(BuffersInFlightException.class, memory::close);
            assertEquals(transfer.cookie(), refused.transfers().getFirst().cookie());
            assertEquals(TransferState.IN_PROGRESS, channel.state(transfer.cookie()));
            held.finish();
            assertTrue(bench.transfers.outcome(transfer).isWhole());
            held.check();
            assertTrue(waited.get().isCancelled(), "the dead waiter was completed");
            memory.close();
            bench.transfers.requireWorking(channel);
        });
    }

    @Test
    @DisplayName(
            "E3 (vsag 2281, RocksDB 15167): a timed wait expires, another is interrupted, with the"
                    + " transfer in flight: the buffers stay owned")
    default void e03_expiredWaitFreesNothing() {
        play(bench -> {
            DmaArena memory = DmaArena.open();
            DmaChannel channel = bench.channels.open();
            HeldRead held =
                    HeldRead.open(bench, channel, memory.allocate(HeldRead.BYTES), any -> {});
            Transfer transfer = held.transfer();
            Party<Boolean> interrupted =
                    bench.parties.start(
                            "await()",
                            () -> {
                                transfer.await();
                                return Thread.interrupted();
                            });
            interrupted.awaitWaiting();
            bench.clock.aWhile();
            bench.parties.interrupt(interrupted);
            StillOwned owned =
                    assertInstanceOf(
                            StillOwned.class,
                            bench.parties.within(
                                    "await(timeout)",
                                    () -> transfer.await(bench.clock.whileLong())));
            assertEquals(transfer.cookie(), owned.transfers().getFirst().cookie());
            assertEquals(HeldRead.BYTES, owned.transfers().getFirst().bufferBytes());
            assertFalse(interrupted.isDone(), "the interrupt cut the wait short");
            assertFalse(channel.drain(bench.clock.whileLong()).isQuiesced());
            assertFalse(ScenarioMemory.tryClose(memory), "freed in flight");
            assertTrue(held.isHeld());
            held.finish();
            assertTrue(interrupted.result(), "the interrupt was swallowed");
            assertTrue(transfer.result().orElseThrow().isWhole());
            held.check();
            memory.close();
        });
    }

    @Test
    @DisplayName(
            "E4 (vLLM 56104): one of many transfers fails: nothing is reported free until all have"
                    + " ended")
    default void e04_oneFailsOthersRun() {
        play(bench -> {
            int transfers = 5;
            DmaArena memory = DmaArena.open();
            List<HeldRead> reads = new ArrayList<>();
            for (int i = 0; i < transfers; i++) {
                reads.add(
                        HeldRead.open(
                                bench,
                                bench.channels.open(),
                                memory.allocate(HeldRead.BYTES),
                                any -> {}));
            }
            HeldRead failing = reads.remove(bench.choices().below(transfers));
            failing.feed().fail();
            assertEquals(
                    Outcome.READ_FAILED, bench.transfers.outcome(failing.transfer()).outcome());
            for (int left = transfers - 1; left > 0; left--) {
                BuffersInFlightException refused =
                        assertThrows(BuffersInFlightException.class, memory::close);
                assertEquals(left, refused.transfers().size());
                HeldRead next = reads.removeFirst();
                assertFalse(next.channel().drain(bench.clock.whileLong()).isQuiesced());
                next.finish();
                assertTrue(bench.transfers.outcome(next.transfer()).isWhole());
                next.check();
            }
            memory.close();
        });
    }

    @Test
    @DisplayName(
            "E12 (OpenSearch 22244): the producer's callback and the canceller's receipt both could"
                + " free: for each buffer exactly one of them is told that it may; two closers of"
                + " one arena free it once")
    default void e12_oneOwnerFrees() {
        play(bench -> {
            bench.engine.model(any -> any.withBandwidth(1_000, 512));
            bench.engine.assumeCopies();
            int rounds = bench.isSimulated() ? 4 : 100;
            DmaChannel channel = bench.channels.open();
            MemorySegment source = bench.memory.source(256);
            MemorySegment target = bench.memory.target(256);
            Moments moments = bench.moments("told by callback", "told by receipt");
            moments.rounds(rounds, () -> oneOwner(bench, channel, target, source, moments));
            DmaArena shared = DmaArena.open();
            shared.allocate(64);
            List<Party<Boolean>> closers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                closers.add(
                        bench.parties.run(
                                "closer " + i,
                                () -> {
                                    bench.clock.look();
                                    closeBesideAnother(shared);
                                }));
            }
            closers.forEach(Party::result);
            assertFalse(shared.scope().isAlive());
        });
    }

    private static void oneOwner(
            ScenarioBench bench,
            DmaChannel channel,
            MemorySegment target,
            MemorySegment source,
            Moments moments) {
        Map<Long, Integer> freedBy = new ConcurrentHashMap<>();
        List<Long> cookies = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Descriptor descriptor =
                    bench.transfers
                            .prepCopy(channel, target, source)
                            .onComplete(result -> {
                                moments.saw("told by callback");
                                freedBy.merge(result.cookie(), 1, Integer::sum);
                            });
            cookies.add(channel.submit(descriptor).cookie());
            channel.issuePending();
        }
        bench.clock.passSome(20_000);
        Receipt receipt = bench.parties.within("terminateSync()", channel::terminateSync);
        for (Receipt.Entry entry : receipt.entries()) {
            if (!entry.callbackRan()) {
                moments.saw("told by receipt");
                freedBy.merge(entry.cookie(), 1, Integer::sum);
            }
        }
        for (long cookie : cookies) {
            assertEquals(1, freedBy.getOrDefault(cookie, 0), "owners of cookie " + cookie);
        }
    }

    private static void closeBesideAnother(DmaArena shared) {
        try {
            shared.close();
        } catch (IllegalStateException another) {
            assertTrue(another.toString().contains("another thread"), another.toString());
        }
    }

    @Test
    @DisplayName(
            "E14 (JDK 25 AsynchronousSocketChannel): failed, timed out, cancelled, closed or whole:"
                    + " no arena and no mapping was freed early, and none stays pinned for ever")
    default void e14_noPinLeaks() {
        play(bench -> {
            bench.engine.modelThatStops();
            AtomicInteger early = new AtomicInteger();
            AtomicInteger leaked = new AtomicInteger();
            List<Consumer<HeldRead>> endings =
                    List.of(
                            HeldRead::finish,
                            held -> held.feed().fail(),
                            held -> held.feed().end(),
                            held -> {
                                assertFalse(
                                        held.transfer()
                                                .await(bench.clock.whileLong())
                                                .isQuiesced());
                                held.finish();
                            },
                            held -> {
                                held.transfer().toFuture().cancel(true);
                                held.channel().terminateAsync();
                                held.letStop();
                            },
                            held -> {
                                Party<Boolean> closing =
                                        bench.parties.run("close()", held.channel()::close);
                                held.letStop();
                                closing.result();
                            });
            for (Consumer<HeldRead> ending : endings) {
                DmaArena ours = DmaArena.open();
                end(bench, ours.allocate(HeldRead.BYTES), ours, ending, early, leaked);
                // Not in try-with-resources: whether it can be closed is the question.
                Arena foreign = Arena.ofShared();
                DmaBuffer mapped = bench.engine.opened().map(foreign.allocate(HeldRead.BYTES));
                if (closes(foreign)) {
                    early.incrementAndGet();
                }
                end(bench, mapped.segment(), mapped, ending, early, leaked);
                if (!closes(foreign)) {
                    leaked.incrementAndGet();
                }
            }
            assertEquals(0, early.get(), "freed early");
            assertEquals(0, leaked.get(), "pins leaked");
        });
    }

    private static void end(
            ScenarioBench bench,
            MemorySegment memory,
            AutoCloseable owner,
            Consumer<HeldRead> ending,
            AtomicInteger early,
            AtomicInteger leaked) {
        HeldRead held = HeldRead.open(bench, bench.channels.open(), memory, any -> {});
        if (closes(owner)) {
            early.incrementAndGet();
        }
        ending.accept(held);
        bench.transfers.outcome(held.transfer());
        if (!closes(owner)) {
            leaked.incrementAndGet();
        }
        bench.parties.runWithin("close()", held.channel()::close);
    }

    /** False if it was refused. */
    private static boolean closes(AutoCloseable owner) {
        try {
            owner.close();
            return true;
        } catch (BuffersInFlightException | IllegalStateException refused) {
            return false;
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }
}
