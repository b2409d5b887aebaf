package org.dmaengine.engine.uring;

import org.dmaengine.Operation;
import org.dmaengine.Peripheral;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.PrepRefusedException.Reason;
import org.jspecify.annotations.Nullable;

import java.nio.channels.Channel;

/** What this engine refuses at prep, because it could only fail later. */
final class PeripheralCheck {
    private final UringCalls calls;

    // The last class of channels that were found to have one, for the hot path.
    private volatile @Nullable Class<?> known;

    PeripheralCheck(UringCalls calls) {
        this.calls = calls;
    }

    void check(Operation operation) {
        switch (operation) {
            case Operation.PeripheralSg sg -> {
                requireDescriptor(sg.config().peripheral());
                requireOneVector(sg);
            }
            case Operation.Cyclic cyclic -> requireDescriptor(cyclic.config().peripheral());
            case Operation.PeripheralCommand command -> requireDescriptor(command.peripheral());
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.Interrupt _ -> {}
        }
    }

    /** A message is moved by one call. */
    private static void requireOneVector(Operation.PeripheralSg sg) {
        if (sg.config().peripheral() instanceof Peripheral.Messages
                && sg.segments().size() > BufferVector.BUFFERS_MAX) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    "a message is moved in one piece, from or to %d segments at most, and not %d"
                            .formatted(BufferVector.BUFFERS_MAX, sg.segments().size()));
        }
    }

    /** The kernel knows files by their descriptors; a channel that is only Java has none. */
    private void requireDescriptor(Peripheral peripheral) {
        Channel channel = peripheral.channel();
        if (channel.getClass() == known) {
            return;
        }
        if (calls.descriptorOf(channel) == -Errno.EOPNOTSUPP) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    channel
                            + " has no file descriptor that io_uring could be given; use a channel"
                            + " of the JDK for a file, a pipe or a socket, a DescriptorChannel, or"
                            + " the CPU engine");
        }
        known = channel.getClass();
    }
}
