package org.dmaengine.engine.sim;

import org.dmaengine.Direction;
import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.TransferError;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.SelectableChannel;

/** One transfer in the controller's hands. Guarded by the controller. */
final class SimJob {
    /**
     * <pre>
     *   WAITING -> RUNNING               it gets a physical channel
     *   RUNNING -> STARVED -> WAITING    its peripheral is not ready, or the client owns the period
     *   RUNNING -> WAITING               it is paused
     *   any of these -> RUNAWAY          it was told to stop, and never will
     *   any of these -> DONE             the last touch is over; its completion entry is to come
     *   DONE -> REPORTED
     * </pre>
     */
    enum Phase {
        WAITING,
        RUNNING,
        STARVED,
        RUNAWAY,
        DONE,
        REPORTED
    }

    final SimChannel channel;
    final IssuedTransfer transfer;
    final long ticket;
    final Operation operation;
    final long lengthBytes;
    final @Nullable SimFault fault;
    final @Nullable SimRun run;
    final @Nullable PeripheralConfig config;
    private final SimMove move;

    Phase phase = Phase.WAITING;
    long bytes;
    Outcome outcome = Outcome.COMPLETE;
    @Nullable TransferError error;

    /** It had a physical channel once: from there on its memory may have been touched. */
    boolean begun;

    /** A stop was asked for. */
    boolean told;

    /** The next burst is its last; under a pause it moves nothing. */
    boolean stopping;

    /** Nothing moves before; the fault happens once. */
    long stuckUntilNanos = Long.MIN_VALUE;

    boolean wasStuck;

    /** When it last moved on; what the watchdog looks at. */
    long progressNanos;

    /** How long until its next look, if it has nothing to move. */
    long pollNanos;

    boolean periodBegun;

    /** The completion entry is there. */
    boolean entered;

    /** Its entry waits for a later one. */
    boolean heldBack;

    // What is planned for it.
    Timeline.@Nullable Event burst;
    Timeline.@Nullable Event entry;
    Timeline.@Nullable Event watch;

    private long lastFrom;
    private long lastLength;
    // Of a runaway with a peripheral: what it has moved last.
    private byte @Nullable [] lastBytes;
    private @Nullable SelectableChannel stream;

    /**
     * @param run the copies that it was taken with, or null
     */
    SimJob(
            SimChannel channel,
            IssuedTransfer transfer,
            @Nullable SimFault fault,
            @Nullable SimRun run) {
        this.channel = channel;
        this.run = run;
        this.transfer = transfer;
        this.ticket = transfer.ticket();
        this.operation = transfer.operation();
        this.lengthBytes = transfer.lengthBytes();
        this.fault = fault;
        this.config = configOf(operation);
        this.move =
                new SimMove(
                        operation,
                        (memory, offset, length, written) ->
                                channel.observer()
                                        .touching(
                                                channel.name(),
                                                ticket,
                                                memory,
                                                offset,
                                                length,
                                                written));
    }

    static @Nullable PeripheralConfig configOf(Operation operation) {
        return switch (operation) {
            case Operation.PeripheralSg scatter -> scatter.config();
            case Operation.Cyclic cyclic -> cyclic.config();
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.PeripheralCommand _,
                    Operation.Interrupt _ ->
                    null;
        };
    }

    boolean isCyclic() {
        return operation instanceof Operation.Cyclic;
    }

    boolean isAtEnd() {
        return !isCyclic() && bytes >= lengthBytes;
    }

    /** It was pulled, and its last touch is to come. */
    boolean isOnHand() {
        return phase != Phase.DONE && phase != Phase.REPORTED;
    }

    /** The device that tells by itself when it is ready; others have to be asked again. */
    @Nullable SimDevice device() {
        return config != null && config.peripheral().channel() instanceof SimDevice device
                ? device
                : null;
    }

    void takePeripheral() throws IOException {
        if (config != null && config.peripheral() instanceof Peripheral.Stream(var endpoint)) {
            StreamModes.take(endpoint);
            stream = endpoint;
        }
        SimDevice device = device();
        if (device != null) {
            device.addUser(this);
        }
    }

    void giveBackPeripheral() {
        if (stream != null) {
            StreamModes.giveBack(stream);
            stream = null;
        }
        SimDevice device = device();
        if (device != null) {
            device.removeUser(this);
        }
    }

    /**
     * Moves one burst, not over {@code limit}.
     *
     * @return bytes moved; 0 if the peripheral is not ready; {@link SimMove#END} at its end
     */
    long burst(long burstMaxBytes, long limit) throws IOException {
        long length = burstBytes(burstMaxBytes, limit);
        long moved = length <= 0 ? 0 : move.move(bytes, length);
        if (moved > 0) {
            lastFrom = bytes;
            lastLength = moved;
            bytes += moved;
        }
        return moved;
    }

    private long burstBytes(long burstMaxBytes, long limit) {
        long burstBytes =
                config == null || config.burstBytes() == 0
                        ? burstMaxBytes
                        : Math.min(burstMaxBytes, config.burstBytes());
        return Math.min(burstBytes, Math.min(limit, move.boundary(bytes)) - bytes);
    }

    /** From here on it touches what it touched last, and its peripheral no more. */
    void runAway() {
        phase = Phase.RUNAWAY;
        if (config != null && lastLength > 0) {
            lastBytes = move.content(lastFrom, lastLength);
        }
    }

    /** What a runaway does. */
    void touchAgain() throws IOException {
        if (config != null && lastBytes != null) {
            move.repeat(lastFrom, lastBytes, config.direction() == Direction.DEV_TO_MEM);
        } else if (lastLength > 0) {
            move.move(lastFrom, lastLength);
        }
    }

    /** A torn write: the rest of the burst is there, though it is not counted. */
    void tear(long burstMaxBytes) throws IOException {
        long length = burstBytes(burstMaxBytes, Long.MAX_VALUE);
        // A period that is the client's is not written.
        if (length > 0 && (!isCyclic() || periodBegun || transfer.mayStartPeriod())) {
            move.move(bytes, length);
        }
    }

    /** At the end of a segment or period, or of it all. */
    boolean isAtBoundary() {
        return bytes > 0 && move.boundary(bytes - 1) == bytes;
    }

    /** Its planned fault happens now. */
    void tellFault() {
        if (fault != null) {
            channel.observer().fault(channel.name(), ticket, fault);
        }
    }

    Outcome failedSide() {
        return config != null && config.direction() == Direction.DEV_TO_MEM
                ? Outcome.READ_FAILED
                : Outcome.WRITE_FAILED;
    }

    @Override
    public String toString() {
        return channel.name() + "/" + ticket;
    }
}
