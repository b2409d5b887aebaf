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
    /** Pulled, then moving bytes, then waiting for its completion entry, then reported. */
    enum Phase {
        WAITING,
        RUNNING,
        DONE,
        REPORTED
    }

    final SimChannel channel;
    final IssuedTransfer transfer;
    final long ticket;
    final Operation operation;
    final long lengthBytes;
    final @Nullable SimFault fault;
    private final SimMove move;

    Phase phase = Phase.WAITING;
    long bytes;
    Outcome outcome = Outcome.COMPLETE;
    @Nullable TransferError error;

    /** A stop was asked for, and takes effect at the next burst. */
    boolean stopping;

    /** It writes its last burst again and again, whatever it is told. */
    boolean runaway;

    /** It was stuck for as long as the plan says. */
    boolean wasStuck;

    /** It waits for its peripheral, or for a period that the client owns. */
    boolean starved;

    boolean periodBegun;

    /** The completion entry is there. */
    boolean entered;

    /** Its entry waits for a later one. */
    boolean heldBack;

    /** Rises with every planned burst: only the last one that was planned happens. */
    int planned;

    private long lastFrom;
    private long lastLength;
    private boolean madeNonBlocking;

    SimJob(SimChannel channel, IssuedTransfer transfer, @Nullable SimFault fault) {
        this.channel = channel;
        this.transfer = transfer;
        this.ticket = transfer.ticket();
        this.operation = transfer.operation();
        this.lengthBytes = transfer.lengthBytes();
        this.fault = fault;
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

    boolean isCyclic() {
        return operation instanceof Operation.Cyclic;
    }

    @Nullable PeripheralConfig config() {
        return switch (operation) {
            case Operation.PeripheralSg scatter -> scatter.config();
            case Operation.Cyclic cyclic -> cyclic.config();
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.Interrupt _ ->
                    null;
        };
    }

    boolean isAtEnd() {
        return !isCyclic() && bytes >= lengthBytes;
    }

    /** Streams are given back as they were. */
    void takePeripheral() throws IOException {
        SelectableChannel endpoint = stream();
        if (endpoint != null && endpoint.isBlocking()) {
            endpoint.configureBlocking(false);
            madeNonBlocking = true;
        }
    }

    void giveBackPeripheral() {
        SelectableChannel endpoint = stream();
        if (madeNonBlocking && endpoint != null) {
            madeNonBlocking = false;
            try {
                if (endpoint.isOpen() && !endpoint.isRegistered()) {
                    endpoint.configureBlocking(true);
                }
            } catch (IOException closed) {
                // Closed at this moment: there is nothing to give back.
            }
        }
    }

    private @Nullable SelectableChannel stream() {
        PeripheralConfig config = config();
        return config != null && config.peripheral() instanceof Peripheral.Stream(var endpoint)
                ? endpoint
                : null;
    }

    /**
     * Moves one burst, not over {@code limit}.
     *
     * @return bytes moved; 0 if the peripheral is not ready; {@link SimMove#END} at its end
     */
    long burst(long burstMaxBytes, long limit) throws IOException {
        PeripheralConfig config = config();
        long burst =
                config == null || config.burstBytes() == 0
                        ? burstMaxBytes
                        : Math.min(burstMaxBytes, config.burstBytes());
        long length = Math.min(burst, Math.min(limit, move.boundary(bytes)) - bytes);
        long moved = length <= 0 ? 0 : move.move(bytes, length);
        if (moved > 0) {
            lastFrom = bytes;
            lastLength = moved;
            bytes += moved;
        }
        return moved;
    }

    /** What a runaway does: it touches what it touched last. */
    void touchAgain() throws IOException {
        if (config() == null && lastLength > 0) {
            move.move(lastFrom, lastLength);
        }
    }

    /** A torn write: the rest of the burst is there, though it is not counted. */
    void tear(long burstMaxBytes) throws IOException {
        long length = Math.min(burstMaxBytes, move.boundary(bytes) - bytes);
        if (config() == null && length > 0) {
            move.move(bytes, length);
        }
    }

    /** At the end of a segment or period, or of it all. */
    boolean isAtBoundary() {
        return bytes > 0 && move.boundary(bytes - 1) == bytes;
    }

    Outcome failedSide() {
        PeripheralConfig config = config();
        return config != null && config.direction() == Direction.DEV_TO_MEM
                ? Outcome.READ_FAILED
                : Outcome.WRITE_FAILED;
    }

    @Override
    public String toString() {
        return channel.name() + "/" + ticket;
    }
}
