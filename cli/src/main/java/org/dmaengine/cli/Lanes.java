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

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * The channels and buffers of a copy, made once per command and used for one file after the other.
 * Reading and writing have channels of their own, so that they overlap.
 */
final class Lanes implements AutoCloseable {
    /** How long a terminated channel may take before the copy says that it is not quiet. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<DmaChannel> readers = new ArrayList<>();
    private final List<DmaChannel> writers = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();
    private final Deque<Block> free = new ArrayDeque<>();
    private final RateLimit limit;
    private final DmaEngine engine;
    private final DmaArena arena;
    private final int blockBytes;
    private final int blocks;
    private String owned = "";

    /**
     * Takes the engine over.
     *
     * @param channels how many in all, half of them for reading; at least two
     * @param blocks buffers, and so the most blocks in flight
     */
    static Lanes open(DmaEngine engine, int channels, int blocks, int blockBytes, RateLimit limit) {
        Lanes lanes = new Lanes(engine, blocks, blockBytes, limit);
        try {
            lanes.request(channels);
            return lanes;
        } catch (DmaException refused) {
            lanes.close();
            throw new CommandFailure(
                    "engine '" + engine.name() + "' gives no channel: " + refused.getMessage(),
                    refused);
        }
    }

    private Lanes(DmaEngine engine, int blocks, int blockBytes, RateLimit limit) {
        this.limit = limit;
        long longest = engine.description().lengthMaxBytes();
        this.engine = engine;
        this.blocks = blocks;
        this.blockBytes = (int) Math.min(blockBytes, longest);
        this.arena = DmaArena.open();
        for (int i = 0; i < blocks; i++) {
            free.add(new Block(arena.allocate(this.blockBytes, DataRuns.UNIT_BYTES)));
        }
    }

    private void request(int channels) {
        int depth = blocks * (DataRuns.most(blockBytes) + 1);
        ChannelRequest request = ChannelRequest.of(Capability.PERIPHERAL).withDepth(depth);
        for (int i = 0; i < channels; i++) {
            boolean reads = i % 2 == 0;
            (reads ? readers : writers)
                    .add(
                            engine.requestChannel(
                                    request.withName(
                                            "copy-" + (reads ? "read-" : "write-") + i / 2)));
        }
    }

    String engineName() {
        return engine.name();
    }

    int blockBytes() {
        return blockBytes;
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
        all().forEach(channel -> {
            Quiescence answer = channel.terminateSync(PATIENCE);
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

    /**
     * Frees all, or nothing: buffers of a channel that is not quiet may still be written (C12), and
     * stay until the process ends, which is soon.
     */
    @Override
    public void close() {
        if (isQuiesced()) {
            engine.close();
            arena.close();
        }
    }
}
