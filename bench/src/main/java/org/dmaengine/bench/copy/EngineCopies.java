package org.dmaengine.bench.copy;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Flag;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Turn;

import java.util.ArrayList;
import java.util.List;

/**
 * Copies by engine {@code cpu}, through the full API: a channel for each worker, and one client
 * that keeps up to two batches in each queue and sleeps until the older of them is over.
 */
final class EngineCopies implements Contestant {
    /** Enough that to wake the client costs little, and too few to push the blocks out of cache. */
    private static final long BATCH = 512;

    private final Blocks blocks;
    private final DmaArena arena = DmaArena.open();
    private final DmaEngine engine;
    private final List<Lane> lanes = new ArrayList<>();

    EngineCopies(Blocks blocks) {
        this.blocks = blocks;
        engine =
                DmaEngines.open(
                        "cpu",
                        EngineOptions.defaults()
                                .with("workers", Integer.toString(blocks.workers())));
        for (int worker = 0; worker < blocks.workers(); worker++) {
            lanes.add(new Lane(worker + 1));
        }
    }

    /** GB/s of all workers together. */
    @Override
    public Turn measure() {
        lanes.forEach(lane -> lane.pool.spoil());
        long begin = System.nanoTime();
        lanes.forEach(Lane::begin);
        for (long batch = 0; batch * BATCH < blocks.count(); batch++) {
            lanes.forEach(Lane::advance);
        }
        long nanos = System.nanoTime() - begin;
        lanes.forEach(lane -> lane.pool.verify());
        return Turn.of((double) blocks.bytes() * blocks.count() * lanes.size() / nanos);
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }

    /** What one worker has to do. */
    private final class Lane {
        private final Pool pool;
        private final DmaChannel channel;
        // The first block of this turn that is not submitted.
        private long next;
        // The last transfer of the older batch, and of the newer one.
        private Transfer older;
        private Transfer newer;

        Lane(long seed) {
            pool = new Pool(arena, blocks, blocks.poolBytes(), seed);
            channel =
                    engine.requestChannel(
                            ChannelRequest.of(Capability.MEMCPY)
                                    .withDepth(Math.toIntExact(2 * BATCH)));
            older = newer = submitLast(0);
            channel.issuePending();
            older.await();
        }

        void begin() {
            next = 0;
            newer = submitBatch();
        }

        /** Submits a batch, if there is one, and waits for the one before it. */
        void advance() {
            older = newer;
            if (next < blocks.count()) {
                newer = submitBatch();
            }
            TransferResult result = older.await();
            if (result.bytes() != blocks.bytes()) {
                throw new IllegalStateException("a copy ended as " + result);
            }
        }

        private Transfer submitBatch() {
            long last = Math.min(blocks.count(), next + BATCH) - 1;
            for (; next < last; next++) {
                long at = pool.place(next);
                if (channel.tryMemcpy(pool.target(), at, pool.source(), at, blocks.bytes()) == 0) {
                    throw new IllegalStateException("the channel is full before its depth");
                }
            }
            Transfer whole = submitLast(next++);
            channel.issuePending();
            return whole;
        }

        /** The one that is waited for, with a handle. */
        private Transfer submitLast(long block) {
            long at = pool.place(block);
            return channel.submit(
                    channel.prepMemcpy(
                            pool.target().asSlice(at, blocks.bytes()),
                            pool.source().asSlice(at, blocks.bytes()),
                            Flag.ACK));
        }
    }
}
