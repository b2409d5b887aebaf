package org.dmaengine.engine.cpu;

import org.dmaengine.Command;
import org.dmaengine.Operation;
import org.dmaengine.Peripheral;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.PrepRefusedException.Reason;

import java.nio.channels.SelectableChannel;

/** What this engine refuses at prep, because it could only fail later. */
final class PeripheralCheck {
    private PeripheralCheck() {}

    static void check(Operation operation, StreamSelector streams) {
        switch (operation) {
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.Interrupt _ -> {}
            case Operation.PeripheralCommand(Peripheral _, Command command) ->
                    CommandMove.require(command);
            case Operation.PeripheralSg sg -> check(sg.config().peripheral(), streams);
            case Operation.Cyclic cyclic -> {
                requireStoppable(cyclic.config().peripheral());
                check(cyclic.config().peripheral(), streams);
            }
        }
    }

    private static void check(Peripheral peripheral, StreamSelector streams) {
        switch (peripheral) {
            case Peripheral.Stream(SelectableChannel endpoint) -> streams.requireWaitable(endpoint);
            // Java cuts a datagram to the buffer without a word, and says 0 for none and for an
            // empty one.
            case Peripheral.Messages _ ->
                    throw new PrepRefusedException(
                            Reason.CAPABILITY,
                            "Java does not tell whether a message was cut; use the engine"
                                    + " io_uring for "
                                    + peripheral);
            // The core refuses transfers on listeners.
            case Peripheral.File _, Peripheral.Blocking _, Peripheral.Listener _ -> {}
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
}
