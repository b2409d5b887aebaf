package org.dmaengine.engine.cpu;

import org.dmaengine.Direction;
import org.dmaengine.Operation;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.PrepRefusedException.Reason;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.WritableByteChannel;

/** What the engine refuses at prep, because it could only fail later. */
final class PeripheralCheck {
    private PeripheralCheck() {}

    static void check(Operation operation, StreamSelector streams) {
        switch (operation) {
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.Interrupt _ -> {}
            case Operation.PeripheralSg sg -> {
                check(sg.config(), streams);
                requireOffsets(sg.config(), sg.lengthBytes());
            }
            case Operation.Cyclic cyclic -> {
                requireStoppable(cyclic.config().peripheral());
                check(cyclic.config(), streams);
                requireOffsets(cyclic.config(), cyclic.lengthBytes());
            }
        }
    }

    private static void check(PeripheralConfig config, StreamSelector streams) {
        switch (config.peripheral()) {
            case Peripheral.File(FileChannel file) -> requireDirection(file, config.direction());
            case Peripheral.Stream(SelectableChannel endpoint) -> {
                requireDirection(endpoint, config.direction());
                streams.requireWaitable(endpoint);
            }
            case Peripheral.Blocking(Channel endpoint) ->
                    requireDirection(endpoint, config.direction());
        }
    }

    /** The row CYCLIC of the honesty table promises a stop that a blocked call cannot keep. */
    private static void requireStoppable(Peripheral peripheral) {
        if (peripheral instanceof Peripheral.Blocking) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    "a cyclic transfer on a blocking channel could not be stopped; give a file, a"
                            + " pipe end or a socket, or repeat prepPeripheralSg");
        }
    }

    private static void requireOffsets(PeripheralConfig config, long lengthBytes) {
        if (config.offsetBytes() > Long.MAX_VALUE - lengthBytes) {
            throw new PrepRefusedException(
                    Reason.BOUNDS,
                    "file offset "
                            + config.offsetBytes()
                            + " plus "
                            + lengthBytes
                            + " bytes overflows 64 bits");
        }
    }

    private static void requireDirection(Channel endpoint, Direction direction) {
        boolean fits =
                direction == Direction.DEV_TO_MEM
                        ? endpoint instanceof ReadableByteChannel
                        : endpoint instanceof WritableByteChannel;
        if (!fits) {
            throw wrongDirection(endpoint, direction);
        }
    }

    /**
     * A file does not say how it was opened; an access of no bytes does. An interrupted caller must
     * not close the file by it, so the interrupt is put aside.
     */
    private static void requireDirection(FileChannel file, Direction direction) {
        boolean interrupted = Thread.interrupted();
        try {
            ByteBuffer nothing = ByteBuffer.allocate(0);
            int bytes =
                    direction == Direction.DEV_TO_MEM
                            ? file.read(nothing, 0)
                            : file.write(nothing, 0);
            assert bytes <= 0 : "an access of no bytes moved " + bytes;
        } catch (NonReadableChannelException | NonWritableChannelException refused) {
            throw wrongDirection(file, direction);
        } catch (IOException notNow) {
            throw new PrepRefusedException(
                    Reason.DIRECTION, "the file cannot be accessed: " + notNow);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static PrepRefusedException wrongDirection(Channel endpoint, Direction direction) {
        return new PrepRefusedException(
                Reason.DIRECTION,
                endpoint
                        + " cannot be "
                        + (direction == Direction.DEV_TO_MEM ? "read" : "written")
                        + "; open it for that, or give its other end");
    }
}
