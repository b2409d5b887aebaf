package org.dmaengine;

import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

/** What the engine sees of a channel; a class of its own so that clients cannot reach it. */
final class EngineSide implements ChannelQueue {
    private final VirtualChannel channel;

    EngineSide(VirtualChannel channel) {
        this.channel = channel;
    }

    @Override
    public String name() {
        return channel.name();
    }

    @Override
    public @Nullable IssuedTransfer next() {
        return channel.takeNext();
    }

    @Override
    public int next(IssuedTransfer[] batch) {
        return channel.takeNext(batch);
    }

    @Override
    public void end(long ticket, Outcome outcome, long bytes) {
        switch (outcome) {
            case COMPLETE, ABORTED -> channel.ended(ticket, outcome, bytes, null);
            case READ_FAILED, WRITE_FAILED ->
                    end(ticket, outcome, bytes, TransferError.of(0, "the engine gave no details"));
        }
    }

    @Override
    public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
        switch (outcome) {
            case READ_FAILED, WRITE_FAILED -> channel.ended(ticket, outcome, bytes, error);
            case COMPLETE, ABORTED -> {
                channel.reportBroken("P9", outcome + " was reported with the error " + error);
                channel.ended(ticket, outcome, bytes, null);
            }
        }
    }

    @Override
    public void complete(long[] tickets, int count) {
        channel.completed(tickets, count);
    }

    @Override
    public boolean mayHaveNext() {
        return channel.mayHaveNext();
    }

    @Override
    public @Nullable IssuedCopies nextCopies() {
        return channel.takeCopies();
    }

    @Override
    public void endCopies(int complete) {
        channel.endedCopies(complete, false);
    }

    @Override
    public @Nullable IssuedCopies endCopiesAndTakeNext(int complete) {
        return channel.endedCopies(complete, true);
    }

    @Override
    public void paused() {
        channel.pauseTold();
    }

    @Override
    public void lost(String reason, @Nullable Throwable cause) {
        channel.loseEngine(reason, cause);
    }
}
