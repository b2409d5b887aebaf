package org.dmaengine.cli;

import org.dmaengine.DmaChannel;
import org.dmaengine.Transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Some transfers, from prep until all their buffers are free again. What every test does between
 * asking for transfers and looking at what became of them, is its own.
 */
final class Round implements AutoCloseable {
    private final TestBench bench;
    private final DmaChannel channel;
    private final Buffers buffers;
    private final List<Batch> batches = new ArrayList<>();
    private final List<TrialTransfer> transfers = new ArrayList<>();

    /**
     * Begins.
     *
     * @param loads each transfer is of one of these
     * @param mayStall whether the round ends with a termination
     */
    Round(
            TestBench bench,
            DmaChannel channel,
            Buffers buffers,
            List<Load> loads,
            boolean mayStall) {
        this.bench = bench;
        this.channel = channel;
        this.buffers = buffers;
        for (Load load : loads) {
            batches.add(load.begin(mayStall));
        }
    }

    /**
     * Prepares and submits one more.
     *
     * @param inCallback what its callback does
     * @return false if it came too late, as a termination was before it
     */
    boolean submit(Runnable inCallback) {
        Batch batch = batches.get(bench.random().nextInt(batches.size()));
        return submit(new TrialTransfer(batch.next(), batch), inCallback);
    }

    private boolean submit(TrialTransfer transfer, Runnable inCallback) {
        transfers.add(transfer);
        return transfer.submit(channel, inCallback);
    }

    /** All are in the queue, issued or not. */
    void submitted() {
        batches.forEach(Batch::submitted);
    }

    List<TrialTransfer> transfers() {
        return transfers;
    }

    /** Waits for each, its callback included; none may be aborted. */
    void awaitAndCheck() {
        transfers.forEach(this::awaitAndCheck);
        for (Batch batch : batches) {
            Optional<Piece> more = batch.oneMore();
            while (more.isPresent()) {
                TrialTransfer transfer = new TrialTransfer(more.get(), batch);
                if (!submit(transfer, () -> {})) {
                    throw transfer.failure("is stale, and nobody terminated the channel (C15)");
                }
                channel.issuePending();
                awaitAndCheck(transfer);
                more = batch.oneMore();
            }
        }
        if (!channel.drain(bench.options().timeout()).isQuiesced()) {
            throw new TestFailure("drain timed out after the outcomes of all (C8)");
        }
        transfers.forEach(TrialTransfer::requireCalledBack);
    }

    private void awaitAndCheck(TrialTransfer transfer) {
        Piece piece = transfer.piece();
        Transfer handle = transfer.transfer().orElseThrow();
        bench.await(handle, piece.from(), piece.to(), piece.lengthBytes());
        transfer.requireNotAborted();
        check(transfer);
    }

    /** Holds one that is over against its data. In the order of submission. */
    void check(TrialTransfer transfer) {
        transfer.check(bench.options().isVerified());
        transfer.transfer().ifPresent(_ -> bench.tally().test(transfer.result().bytes()));
    }

    /** All are over and checked: holds them together against the rest of the world, and frees. */
    void settle() {
        for (Batch batch : batches) {
            Optional<String> wrong =
                    bench.options().isVerified() ? batch.settle() : Optional.empty();
            if (wrong.isPresent()) {
                throw new TestFailure("data error: " + wrong.get());
            }
        }
        for (TrialTransfer each : transfers) {
            each.freed();
            each.piece().buffers().forEach(buffer -> buffers.free(buffer, each.toString()));
        }
        buffers.lookAgain();
    }

    @Override
    public void close() {
        batches.forEach(Batch::end);
    }
}
