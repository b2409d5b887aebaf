package org.dmaengine.engine.cpu;

import org.dmaengine.Command;
import org.dmaengine.Operation;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.PrepRefusedException.Reason;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/** Commands, as far as the JDK has calls for them. */
final class CommandMove {
    private CommandMove() {}

    static void require(Command command) {
        switch (command) {
            case Command.Sync _, Command.ShutdownOutput _ -> {}
            case Command.Allocate _, Command.PunchHole _ ->
                    throw new PrepRefusedException(
                            Reason.CAPABILITY,
                            command + " is nothing that Java can do; use the engine io_uring");
            case Command.Accept _, Command.Connect _ ->
                    throw new PrepRefusedException(
                            Reason.CAPABILITY,
                            command
                                    + " is not for this engine, whose commands cannot be stopped;"
                                    + " use the engine io_uring");
        }
    }

    static void perform(Operation.PeripheralCommand operation) throws IOException {
        switch (operation.command()) {
            case Command.Sync(boolean dataOnly) ->
                    ((FileChannel) operation.peripheral().channel()).force(!dataOnly);
            case Command.ShutdownOutput() ->
                    ((SocketChannel) operation.peripheral().channel()).shutdownOutput();
            case Command.Allocate _, Command.PunchHole _, Command.Accept _, Command.Connect _ ->
                    throw new IOException(operation.command() + " was refused at prep");
        }
    }
}
