package org.dmaengine.engine.cpu;

import org.dmaengine.Direction;
import org.dmaengine.DmaArena;
import org.dmaengine.InterleavedTemplate;
import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.IssuedTransfer;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.SelectableChannel;

/**
 * What the owner of a channel does in its turn: takes transfers, moves them piece by piece, and
 * reports what is over, small ones together. Before each piece it looks whether the transfer is
 * stopped or the channel paused. All on the thread that owns the channel.
 */
final class MovingChannel extends CpuChannel {
    /** Bytes of small transfers that wait together for their report. */
    private static final long REPORT_BYTES = 256 << 10;

    /** Up to here a transfer is small: it is done in one go, with its neighbours. */
    private static final long SMALL_BYTES = 64 << 10;

    /** Up to here a turn is over sooner than another thread would have begun with it. */
    private static final long BRIEF_BYTES = 16 << 10;

    /** Bytes of one turn, then the next channel has the thread. */
    private static final long TURN_BYTES = 1 << 20;

    // A blocking channel that moved nothing breaks its promise; it is not asked without a break.
    private static final long NOT_READY_NANOS = 1_000_000;

    // What is written for each transfer is in the hand: whoever rings reads fields of this object.
    private final Pace pace;
    private final boolean queueMayTakeLong;
    private boolean lastWasSmall;
    private @Nullable PeripheralMove peripheral;

    MovingChannel(ChannelQueue queue, Lanes lanes, Scheduler scheduler) {
        super(queue, lanes, scheduler);
        this.pace = new Pace(scheduler);
        this.queueMayTakeLong = queue.mayTakeLong();
    }

    /** Moves on, piece by piece, until the turn is over. */
    @Override
    @Nullable Lane turn(Lane here) {
        Lane next = turnUntilOver(here);
        if (attentive) {
            // What rings from here on is noted under the lock.
            attentive = false;
        }
        return next;
    }

    private @Nullable Lane turnUntilOver(Lane here) {
        long bytesLeft = TURN_BYTES;
        int transfersLeft = here.turnTransfers();
        // A thread that others wait for will not look again; and to say so costs two fences.
        if (here.equals(lanes.memory) && hand.isEmpty() && !here.othersWait()) {
            attentive = true;
        }
        while (true) {
            IssuedTransfer transfer = hand.current();
            if (transfer == null) {
                IssuedCopies copies = hand.copies();
                if (copies == null) {
                    hand.report();
                    if (held || !takeMore(here)) {
                        return null;
                    }
                    copies = hand.copies();
                }
                if (copies == null) {
                    continue;
                }
                if (isOnWorker()) {
                    expect(isBrief(copies, TURN_BYTES - bytesLeft));
                }
                if (copies.stopRequested()) {
                    end(Outcome.ABORTED, null);
                } else if (held) {
                    return null;
                } else if (hand.copiesEnded() > 0) {
                    moveAlone(copies);
                } else {
                    bytesLeft -= copies.totalBytes();
                    transfersLeft -= copies.count();
                    boolean over = bytesLeft <= 0 || transfersLeft <= 0;
                    if (over && !here.othersWait()) {
                        bytesLeft = TURN_BYTES;
                        transfersLeft = here.turnTransfers();
                        over = false;
                    }
                    moveCopies(copies, !over && !held);
                    if (over) {
                        return here.onward();
                    }
                }
                continue;
            }
            expect(false);
            if (transfer.stopRequested()) {
                end(Outcome.ABORTED, null);
            } else if (held) {
                hand.report();
                return null;
            } else {
                Lane belongs = lanes.of(transfer.operation(), here);
                if (!belongs.equals(here)) {
                    letUnusedStreamGo(transfer);
                    hand.report();
                    return belongs;
                }
                long before = hand.movedBytes;
                if (bytesLeft <= 0 || transfersLeft <= 0) {
                    if (before > 0 || here.othersWait()) {
                        hand.report();
                        return here.onward();
                    }
                    bytesLeft = TURN_BYTES;
                    transfersLeft = here.turnTransfers();
                }
                // Once it is over, nothing of it may be read any more.
                long length = transfer.lengthBytes();
                Step step = piece(transfer, here);
                switch (step) {
                    case MORE -> {
                        bytesLeft -= hand.movedBytes - before;
                        transfer.progress(hand.movedBytes);
                    }
                    case WHOLE -> {
                        bytesLeft -= length - before;
                        transfersLeft--;
                    }
                    case SOURCE_ENDED, FAILED -> transfersLeft--;
                    case FOR_SELECTOR -> {
                        // Stopped or paused or not: only there the stream can be given back.
                        return lanes.streams;
                    }
                    case HELD_BACK -> {
                        return null;
                    }
                    case NOT_READY -> {
                        return awaitPeripheral(here);
                    }
                }
            }
        }
    }

    /** What comes now is told to the crew before, and taken as a hint for what comes next. */
    private void expect(boolean briefPiece) {
        if (brief != briefPiece) {
            brief = briefPiece;
        }
        if (!briefPiece) {
            mayTakeLong();
        }
    }

    /** Whether the turn, which has moved so many bytes, is brief with these and their report. */
    private boolean isBrief(IssuedCopies copies, long bytesBefore) {
        return !queueMayTakeLong
                && bytesBefore + copies.totalBytes() <= BRIEF_BYTES
                && MemoryMove.isAllAllocated(copies);
    }

    /**
     * Takes the next transfers; where there are none, looks for a while, unless another channel
     * waits for this thread. A doorbell until then needs nobody.
     */
    private boolean takeMore(Lane here) {
        // Without attention a late doorbell is noted under the lock, so that the hint is enough.
        if (queue.mayHaveNext() && take(here)) {
            return true;
        }
        if (!attentive) {
            return false;
        }
        for (int looks = here.looks(); looks > 0 && !here.othersWait(); looks--) {
            if (queue.mayHaveNext()) {
                return take(here) || takeForTheLastTime(here);
            }
            Thread.onSpinWait();
        }
        return takeForTheLastTime(here);
    }

    private boolean takeForTheLastTime(Lane here) {
        // Volatile, and so before the look at the queue; its pair is in start().
        attentive = false;
        boolean took = take(here);
        attentive = took;
        return took;
    }

    private boolean take(Lane here) {
        return (here.movesMemory() && hand.takeCopies()) || hand.take(lastWasSmall);
    }

    /**
     * All that stand together are moved, then reported at once.
     *
     * @param more whether to take those that are next in line
     */
    private void moveCopies(IssuedCopies copies, boolean more) {
        int count = copies.count();
        int moved = 0;
        Throwable failed = null;
        try {
            while (moved < count && !copies.stopRequested()) {
                MemoryMove.copy(copies, moved);
                moved++;
            }
        } catch (Throwable broken) {
            failed = broken;
        }
        if (moved == count) {
            hand.endCopies(copies, more);
        } else {
            endOneByOne(copies, moved, failed);
        }
    }

    /**
     * One of them failed, or they were terminated: each gets an end of its own (P4, P9). The turn
     * goes on with those behind, unless a callback of one of these pauses (C13).
     */
    private void endOneByOne(IssuedCopies copies, int moved, @Nullable Throwable failed) {
        for (int i = 0; i < moved; i++) {
            hand.endCopy(copies, Outcome.COMPLETE, null);
        }
        if (failed != null) {
            hand.endCopy(copies, sideOf(copies.source(moved), copies.target(moved)), failed);
        }
    }

    private void moveAlone(IssuedCopies copies) {
        int index = hand.copiesEnded();
        try {
            MemoryMove.copy(copies, index);
        } catch (Throwable failed) {
            hand.endCopy(copies, sideOf(copies.source(index), copies.target(index)), failed);
            return;
        }
        hand.endCopy(copies, Outcome.COMPLETE, null);
    }

    /**
     * One bounded piece. What it throws ends the transfer: this thread has just left its memory.
     */
    private Step piece(IssuedTransfer transfer, Lane here) {
        Step step;
        try {
            step = move(transfer, here);
        } catch (Throwable failed) {
            end(sideOf(transfer.operation()), TransferError.of(failed));
            return Step.FAILED;
        }
        switch (step) {
            case WHOLE -> whole(transfer.operation(), transfer.lengthBytes());
            case SOURCE_ENDED -> end(Outcome.COMPLETE, null);
            case MORE, FOR_SELECTOR, NOT_READY, HELD_BACK, FAILED -> {}
        }
        return step;
    }

    private Step move(IssuedTransfer transfer, Lane here) throws IOException {
        Operation operation = transfer.operation();
        if (!isMemoryOnly(operation)) {
            // A callback that ran on this thread, of any channel, may have left an interrupt, which
            // would close the file that is touched next. This is a thread of the engine, for which
            // an interrupt is nobody's message.
            Thread.interrupted();
            if (operation instanceof Operation.PeripheralCommand command) {
                CommandMove.perform(command);
                return Step.WHOLE;
            }
            return movePeripheral(transfer, here);
        }
        long total = transfer.lengthBytes();
        long chunk = pace.begin(total, hand.movedBytes);
        switch (operation) {
            case Operation.Memcpy copy ->
                    hand.movedBytes += MemoryMove.copy(copy, hand.movedBytes, chunk);
            case Operation.Memset memset ->
                    hand.movedBytes += MemoryMove.fill(memset, hand.movedBytes, chunk);
            case Operation.Interleaved(InterleavedTemplate template) ->
                    hand.movedBytes += MemoryMove.interleave(template, hand.movedBytes, chunk);
            case Operation.Interrupt _,
                    Operation.PeripheralSg _,
                    Operation.Cyclic _,
                    Operation.PeripheralCommand _ -> {}
        }
        pace.end(total, hand.movedBytes);
        return hand.movedBytes == total ? Step.WHOLE : Step.MORE;
    }

    private Step movePeripheral(IssuedTransfer transfer, Lane here) throws IOException {
        PeripheralMove move = peripheral;
        SelectableChannel stream = streamOf(transfer.operation());
        if (stream != null && here == lanes.io) {
            lanes.streams.modes().makeNonBlocking(stream);
            return Step.FOR_SELECTOR;
        }
        if (move == null) {
            move = PeripheralMove.begin(transfer, this, lanes.streams);
            peripheral = move;
        }
        try {
            return move.step();
        } finally {
            hand.movedBytes = move.movedBytes();
        }
    }

    private static @Nullable SelectableChannel streamOf(Operation operation) {
        return switch (operation) {
            case Operation.PeripheralSg sg -> streamOf(sg.config().peripheral());
            case Operation.Cyclic cyclic -> streamOf(cyclic.config().peripheral());
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.PeripheralCommand _,
                    Operation.Interrupt _ ->
                    null;
        };
    }

    private static @Nullable SelectableChannel streamOf(Peripheral peripheral) {
        return peripheral instanceof Peripheral.Stream(SelectableChannel stream) ? stream : null;
    }

    /** Which side of an operation failed (P9). */
    private static Outcome sideOf(Operation operation) {
        return switch (operation) {
            case Operation.Memcpy copy -> sideOf(copy.source(), copy.target());
            case Operation.Interleaved(InterleavedTemplate template) ->
                    sideOf(template.source(), template.target());
            case Operation.Memset _, Operation.Interrupt _, Operation.PeripheralCommand _ ->
                    Outcome.WRITE_FAILED;
            case Operation.PeripheralSg sg -> sideOf(sg.config().direction());
            case Operation.Cyclic cyclic -> sideOf(cyclic.config().direction());
        };
    }

    /**
     * Memory that an arena of ours allocated is there, so it was the other side: a mapped file that
     * was cut short.
     */
    private static Outcome sideOf(MemorySegment source, MemorySegment target) {
        boolean onlySourceCanFail = DmaArena.hasAllocated(target) && !DmaArena.hasAllocated(source);
        return onlySourceCanFail || !source.scope().isAlive()
                ? Outcome.READ_FAILED
                : Outcome.WRITE_FAILED;
    }

    private static Outcome sideOf(Direction direction) {
        return direction == Direction.DEV_TO_MEM ? Outcome.READ_FAILED : Outcome.WRITE_FAILED;
    }

    private void whole(Operation operation, long lengthBytes) {
        letPeripheralGo();
        boolean small = lengthBytes <= SMALL_BYTES && isMemoryOnly(operation);
        if (lastWasSmall != small) {
            lastWasSmall = small;
        }
        hand.currentIsWhole(lengthBytes);
        if (!small || hand.unreportedBytes() > REPORT_BYTES) {
            hand.report();
        }
    }

    private static boolean isMemoryOnly(Operation operation) {
        return !(operation instanceof Operation.PeripheralSg)
                && !(operation instanceof Operation.Cyclic)
                && !(operation instanceof Operation.PeripheralCommand);
    }

    @Override
    void end(Outcome outcome, @Nullable TransferError error) {
        IssuedCopies copies = hand.copies();
        if (copies != null) {
            hand.endCopy(copies, outcome, null);
            return;
        }
        IssuedTransfer transfer = hand.current();
        if (transfer != null) {
            letUnusedStreamGo(transfer);
        }
        letPeripheralGo();
        hand.end(outcome, error);
    }

    /**
     * A stream was made non-blocking for a transfer that has not begun to use it. That transfer
     * always comes to the selector, where this gives it back, before the end is told.
     */
    private void letUnusedStreamGo(IssuedTransfer transfer) {
        SelectableChannel stream = streamOf(transfer.operation());
        if (stream != null && peripheral == null && isAtSelector()) {
            lanes.streams.giveBack(stream);
        }
    }

    private void letPeripheralGo() {
        PeripheralMove move = peripheral;
        if (move != null) {
            peripheral = null;
            move.close();
        }
    }

    /** Streams wait at the selector, without a thread; for others there is nothing to wait for. */
    private @Nullable Lane awaitPeripheral(Lane here) {
        PeripheralMove move = peripheral;
        if (here == lanes.streams && move != null) {
            move.awaitReady();
            return null;
        }
        scheduler.park(NOT_READY_NANOS);
        return here;
    }
}
