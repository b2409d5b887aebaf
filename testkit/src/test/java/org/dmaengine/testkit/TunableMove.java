package org.dmaengine.testkit;

import org.dmaengine.Direction;
import org.dmaengine.InterleavedTemplate;
import org.dmaengine.Operation;
import org.dmaengine.OperationKind;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.TransferError;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.locks.LockSupport;

/** Moves the bytes of one transfer. */
final class TunableMove {
    private static final int CHUNK = 64 << 10;

    private final TunableChannel channel;
    private final IssuedTransfer transfer;
    private long bytes;
    private Outcome outcome = Outcome.COMPLETE;
    private @Nullable TransferError error;
    private boolean sourceEnded;

    TunableMove(TunableChannel channel, IssuedTransfer transfer) {
        this.channel = channel;
        this.transfer = transfer;
    }

    long bytes() {
        return bytes;
    }

    Outcome outcome() {
        return outcome;
    }

    @Nullable TransferError error() {
        return error;
    }

    OperationKind kind() {
        return transfer.operation().kind();
    }

    void run() {
        switch (transfer.operation()) {
            case Operation.Memcpy copy -> copy(copy);
            case Operation.Memset(MemorySegment target, byte value) -> {
                target.fill(value);
                moved(target.byteSize());
            }
            case Operation.Interleaved(InterleavedTemplate template) -> interleave(template);
            case Operation.Interrupt _, Operation.PeripheralCommand _ -> {
                // Nothing to move.
            }
            case Operation.PeripheralSg sg -> scatterGather(sg);
            case Operation.Cyclic cyclic -> cycle(cyclic);
        }
    }

    private void moved(long count) {
        bytes += count;
        transfer.progress(bytes);
    }

    private boolean goesOn() {
        if (!channel.mayGoOn(transfer)) {
            outcome = Outcome.ABORTED;
            return false;
        }
        return true;
    }

    private void copy(Operation.Memcpy copy) {
        long length = copy.lengthBytes();
        while (bytes < length && goesOn()) {
            long piece = Math.min(CHUNK, length - bytes);
            if (!isSkipped(bytes + piece == length)) {
                MemorySegment.copy(
                        copy.source(),
                        copy.sourceOffset() + bytes + shift(),
                        copy.target(),
                        copy.targetOffset() + bytes,
                        piece);
            }
            moved(piece);
        }
        if (channel.is(Defect.WRITES_BEYOND)) {
            beyond(copy.target()).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        }
    }

    private boolean isSkipped(boolean last) {
        return (last && channel.is(Defect.ENDS_BEFORE_LAST_TOUCH)) || channel.takeSkip();
    }

    private long shift() {
        return channel.is(Defect.COPIES_FROM_WRONG_PLACE) && bytes > 0 ? -1 : 0;
    }

    @SuppressWarnings("restricted") // Broken on purpose; the guard behind the target is there.
    private static MemorySegment beyond(MemorySegment target) {
        return MemorySegment.ofAddress(target.address() + target.byteSize()).reinterpret(1);
    }

    /** For the engines that touch the target after the end. */
    static void touchLate(Operation operation, long millis) {
        LockSupport.parkNanos(millis * 1_000_000);
        try {
            if (operation instanceof Operation.Memcpy copy) {
                MemorySegment.copy(
                        copy.source(),
                        copy.sourceOffset(),
                        copy.target(),
                        copy.targetOffset(),
                        Math.min(64, copy.lengthBytes()));
            } else if (operation instanceof Operation.PeripheralSg sg && isFileRead(sg.config())) {
                FileChannel file = (FileChannel) sg.config().peripheral().channel();
                MemorySegment first = sg.segments().getFirst();
                ByteBuffer few = first.asSlice(0, Math.min(64, first.byteSize())).asByteBuffer();
                file.read(few, sg.offsetBytes());
            }
        } catch (IllegalStateException | IOException freedMeanwhile) {
            // What the defect is about: the client believed the end, and freed the memory.
        }
    }

    private static boolean isFileRead(PeripheralConfig config) {
        return config.peripheral() instanceof Peripheral.File
                && config.direction() == Direction.DEV_TO_MEM;
    }

    private void interleave(InterleavedTemplate template) {
        for (int frame = 0; frame < template.frames() && goesOn(); frame++) {
            long from = frame * template.sourceStrideBytes();
            long to = frame * template.targetStrideBytes();
            for (InterleavedTemplate.Chunk chunk : template.chunks()) {
                MemorySegment.copy(
                        template.source(), from, template.target(), to, chunk.lengthBytes());
                from += chunk.lengthBytes() + chunk.sourceGapBytes();
                to += chunk.lengthBytes() + chunk.targetGapBytes();
            }
            moved(template.frameBytes());
        }
    }

    private void scatterGather(Operation.PeripheralSg sg) {
        for (MemorySegment segment : sg.segments()) {
            if (!fill(sg.config(), segment)) {
                return;
            }
        }
    }

    private void cycle(Operation.Cyclic cyclic) {
        for (long period = 0; ; period++) {
            while (!transfer.mayStartPeriod() && !channel.is(Defect.REFILLS_EARLY)) {
                if (!goesOn()) {
                    return;
                }
                channel.awaitDoorbell();
            }
            long offset = period % cyclic.periods() * cyclic.periodBytes();
            if (!fill(cyclic.config(), cyclic.ring().asSlice(offset, cyclic.periodBytes()))) {
                return;
            }
            transfer.periodElapsed();
            if (channel.is(Defect.TELLS_PERIODS_TWICE)) {
                transfer.periodElapsed();
            }
        }
    }

    /** True if the segment was moved in full, and the next may follow. */
    private boolean fill(PeripheralConfig config, MemorySegment segment) {
        ByteBuffer buffer = segment.asByteBuffer();
        boolean read = config.direction() == Direction.DEV_TO_MEM;
        try {
            while (buffer.hasRemaining() && !sourceEnded && goesOn()) {
                int from = buffer.position();
                buffer.limit(Math.min(buffer.capacity(), from + CHUNK));
                int count = access(config, buffer, read);
                buffer.limit(buffer.capacity());
                if (count < 0) {
                    sourceEnded = true;
                } else if (count == 0) {
                    LockSupport.parkNanos(100_000);
                } else {
                    moved(count);
                }
            }
        } catch (IOException | NonReadableChannelException | NonWritableChannelException failed) {
            outcome = read ? Outcome.READ_FAILED : Outcome.WRITE_FAILED;
            error = TransferError.of(failed);
        }
        if (channel.is(Defect.WRITES_BEYOND) && isFileRead(config)) {
            beyond(segment).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        }
        return !buffer.hasRemaining() && outcome == Outcome.COMPLETE;
    }

    private long offsetBytes() {
        return switch (transfer.operation()) {
            case Operation.PeripheralSg sg -> sg.offsetBytes();
            case Operation.Cyclic cyclic -> cyclic.config().offsetBytes();
            default -> 0;
        };
    }

    private int access(PeripheralConfig config, ByteBuffer buffer, boolean read)
            throws IOException {
        Channel endpoint = config.peripheral().channel();
        if (endpoint instanceof FileChannel file) {
            long at = offsetBytes() + bytes;
            if (!read) {
                return file.write(buffer, at);
            }
            if (isSkipped(buffer.limit() == buffer.capacity())) {
                int skipped = buffer.remaining();
                buffer.position(buffer.limit());
                return skipped;
            }
            return file.read(buffer, at + shift());
        }
        if (config.peripheral() instanceof Peripheral.Stream(var selectable)) {
            selectable.configureBlocking(false);
        }
        return read
                ? ((ReadableByteChannel) endpoint).read(buffer)
                : ((WritableByteChannel) endpoint).write(buffer);
    }
}
