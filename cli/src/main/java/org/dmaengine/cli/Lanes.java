package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaException;
import org.dmaengine.Quiescence;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Channels and buffers, made once and used by one thread for one file after the other. Reading and
 * writing have channels of their own, so that they overlap. Opened and closed by {@link
 * CopyEngine}.
 */
final class Lanes {
    /** How long the terminated channels may take before the copy says that they are not quiet. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Large pages, where there are any: a disk that is given memory in one piece is quicker. */
    private static final long MEMORY_ALIGNMENT_BYTES = 2 << 20;

    private final List<DmaChannel> readers = new ArrayList<>();
    private final List<DmaChannel> writers = new ArrayList<>();
    // Written by the thread that copies, read when it is done.
    private final List<Receipt> receipts = new ArrayList<>();
    private final Deque<Block> free = new ArrayDeque<>();
    private final RateLimit limit;
    private final LongSupplier clock;
    private final DmaArena arena;
    private final BlockSizes sizes;
    private final int blocks;
    // Volatile: written by the thread that copies, read by whoever asks after the whole engine.
    private volatile String owned = "";

    /**
     * @param name what the names of the channels begin with
     * @param channels how many in all, half of them for reading; at least two
     * @param blocks buffers, and so the most blocks in flight
     * @param clock in nanoseconds, as the engine's
     */
    static Lanes open(
            DmaEngine engine,
            String name,
            int channels,
            int blocks,
            BlockSizes sizes,
            RateLimit limit,
            LongSupplier clock) {
        long longest = engine.description().lengthMaxBytes();
        Lanes lanes = new Lanes(blocks, sizes.atMost(longest), limit, clock);
        try {
            lanes.request(engine, name, channels);
            return lanes;
        } catch (DmaException refused) {
            lanes.all().forEach(DmaChannel::close);
            lanes.free();
            throw new CommandFailure(
                    "engine '" + engine.name() + "' gives no channel: " + refused.getMessage(),
                    refused);
        }
    }

    private Lanes(int blocks, BlockSizes sizes, RateLimit limit, LongSupplier clock) {
        this.limit = limit;
        this.clock = clock;
        this.blocks = blocks;
        this.sizes = sizes;
        this.arena = DmaArena.open();
        long stride = DirectIo.roundedUp(sizes.largestBytes());
        MemorySegment memory = memory(blocks, stride);
        for (int i = 0; i < blocks; i++) {
            free.add(new Block(memory.asSlice(i * stride, stride)));
        }
    }

    private MemorySegment memory(int blocks, long blockBytes) {
        try {
            return arena.allocate(blocks * blockBytes, MEMORY_ALIGNMENT_BYTES);
        } catch (OutOfMemoryError none) {
            arena.close();
            throw noMemory(blocks, blockBytes, none);
        }
    }

    /** What to tell where there is no room for buffers. */
    static CommandFailure noMemory(int blocks, long blockBytes, OutOfMemoryError none) {
        return new CommandFailure(
                "no memory for buffers: %d of %d bytes (%s); ask for fewer by --buffers, or smaller ones by --block-size"
                        .formatted(blocks, blockBytes, none.getMessage()),
                none);
    }

    private void request(DmaEngine engine, String name, int channels) {
        int depth = blocks * (DataRuns.most(sizes.largestBytes()) + 1);
        ChannelRequest request = ChannelRequest.of(Capability.PERIPHERAL).withDepth(depth);
        for (int i = 0; i < channels; i++) {
            boolean reads = i % 2 == 0;
            (reads ? readers : writers)
                    .add(
                            engine.requestChannel(
                                    request.withName(
                                            name + (reads ? "-read-" : "-write-") + i / 2)));
        }
    }

    BlockSizes sizes() {
        return sizes;
    }

    /** A buffer that nothing is in flight for; empty-handed when all are. */
    boolean hasFree() {
        return !free.isEmpty();
    }

    Block take() {
        return free.removeFirst();
    }

    void giveBack(Block block) {
        block.clear();
        free.addLast(block);
    }

    /** Holds all copies of this command under one rate. */
    RateLimit limit() {
        return limit;
    }

    /** Where the n-th block is read: blocks of a stream keep their order on one channel. */
    DmaChannel reader(long number, boolean positioned) {
        return readers.get(positioned ? (int) (number % readers.size()) : 0);
    }

    /** Where the n-th block is written. */
    DmaChannel writer(long number, boolean positioned) {
        return writers.get(positioned ? (int) (number % writers.size()) : 0);
    }

    /** Lets all channels stop soon; never waits (C4), so it may be called on a signal's thread. */
    void terminateAsync() {
        all().forEach(DmaChannel::terminateAsync);
    }

    /**
     * Terminates all channels and waits until they are quiet. Afterwards every transfer has its
     * outcome, unless {@link #isQuiesced} is false.
     */
    void terminateSync() {
        terminateAsync();
        long begunNanos = clock.getAsLong();
        all().forEach(channel -> {
            // They were told to stop together, and have the same time for it.
            Duration left = PATIENCE.minusNanos(clock.getAsLong() - begunNanos);
            Quiescence answer = channel.terminateSync(left.isNegative() ? Duration.ZERO : left);
            receipts.add(answer.receipt());
            if (answer instanceof StillOwned still) {
                owned = still.reason();
            }
        });
    }

    /** False if a channel could not prove that it is quiet. */
    boolean isQuiesced() {
        return owned.isEmpty();
    }

    /** Why {@link #isQuiesced} is false; empty if it is true. */
    String ownedReason() {
        return owned;
    }

    /** What became of the transfers that were terminated (C9). */
    List<Receipt> receipts() {
        return List.copyOf(receipts);
    }

    private Stream<DmaChannel> all() {
        return Stream.concat(readers.stream(), writers.stream());
    }

    /** Gives the buffers back; the channels are closed, and so nothing is in flight. */
    void free() {
        arena.close();
    }
}
