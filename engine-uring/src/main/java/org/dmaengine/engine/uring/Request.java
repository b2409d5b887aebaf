package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.dmaengine.Command;
import org.dmaengine.Direction;
import org.dmaengine.Operation;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.DatagramChannel;
import java.util.List;

/**
 * One transfer that was taken from its queue, and how far it is. What the kernel gets of it at a
 * time is one piece: an entry with one buffer, or with a {@link BufferVector} of some. Reused, so
 * that a transfer allocates nothing. Of the worker's thread alone.
 */
final class Request {
    /** What Linux moves by one call (MAX_RW_COUNT). */
    private static final int PIECE_MAX_BYTES = 0x7ffff000;

    enum Phase {
        /** Not in the kernel. */
        WAITING,
        /** A piece of it is: its memory may be touched at any moment. */
        MOVING,
        /** Only a look for readiness is: its memory is not touched. */
        POLLING
    }

    private final int index;
    private final Arena arena;
    // Counts its pieces over all runs.
    private int pieces;
    private @Nullable BufferVector vector;

    // The transfer; null while the request is free.
    private @Nullable UringChannel channel;
    private @Nullable IssuedTransfer transfer;
    private long ticket;

    // What it does.
    private List<MemorySegment> segments = List.of();
    private @Nullable Command command;
    private long lengthBytes;
    private long periodBytes;
    private long offsetBytes;
    private long pieceMaxBytes;
    private boolean reading;
    private boolean message;
    private boolean datagram;
    private @Nullable OpenFile file;

    // How far it is.
    Phase phase = Phase.WAITING;
    // The stream was found ready for its next piece.
    boolean ready;
    // A handshake that Java's channel has not been told of yet.
    boolean toBegin;
    boolean cancelled;
    boolean periodBegun;
    int retries;
    long notBeforeNanos;
    private long movedBytes;
    // Of the piece that is in the kernel.
    private long askedBytes;
    private int segment;
    private long segmentOffset;

    // Its neighbours among those of its channel that are in the kernel.
    @Nullable Request previous;
    @Nullable Request next;

    Request(int index, Arena arena) {
        this.index = index;
        this.arena = arena;
    }

    void begin(UringChannel newChannel, IssuedTransfer newTransfer, int chunkBytes) {
        channel = newChannel;
        transfer = newTransfer;
        ticket = newTransfer.ticket();
        lengthBytes = newTransfer.lengthBytes();
        movedBytes = 0;
        segment = 0;
        segmentOffset = 0;
        retries = 0;
        notBeforeNanos = Long.MIN_VALUE;
        ready = false;
        toBegin = false;
        cancelled = false;
        periodBegun = false;
        command = null;
        switch (newTransfer.operation()) {
            case Operation.PeripheralSg sg ->
                    set(sg.config(), sg.offsetBytes(), sg.segments(), 0, chunkBytes);
            case Operation.Cyclic cyclic ->
                    set(
                            cyclic.config(),
                            cyclic.config().offsetBytes(),
                            List.of(cyclic.ring()),
                            cyclic.periodBytes(),
                            chunkBytes);
            case Operation.PeripheralCommand(Peripheral _, Command newCommand) -> {
                setEmpty();
                command = newCommand;
                toBegin = isHandshake();
            }
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.Interrupt _ ->
                    setEmpty();
        }
    }

    private void setEmpty() {
        segments = List.of();
        periodBytes = 0;
        // What fails is the write.
        reading = false;
        message = false;
        datagram = false;
    }

    private void set(
            PeripheralConfig config,
            long newOffsetBytes,
            List<MemorySegment> newSegments,
            long newPeriodBytes,
            int chunkBytes) {
        segments = newSegments;
        periodBytes = newPeriodBytes;
        offsetBytes = newOffsetBytes;
        reading = config.direction() == Direction.DEV_TO_MEM;
        message = config.peripheral() instanceof Peripheral.Messages;
        datagram = config.peripheral().channel() instanceof DatagramChannel;
        long burst = config.burstBytes();
        pieceMaxBytes =
                message ? PIECE_MAX_BYTES : burst == 0 ? chunkBytes : Math.min(burst, chunkBytes);
    }

    void free() {
        channel = null;
        transfer = null;
        segments = List.of();
    }

    int index() {
        return index;
    }

    /** Names its latest piece in the kernel, and never another one (E8). */
    long userData() {
        return (long) pieces << Integer.SIZE | index;
    }

    boolean isInUse() {
        return channel != null;
    }

    /** Whether that names a piece of it that is in the kernel now. */
    boolean isInKernelAs(long userData) {
        return channel != null && phase != Phase.WAITING && userData == userData();
    }

    UringChannel channel() {
        return require(channel);
    }

    IssuedTransfer transfer() {
        return require(transfer);
    }

    long ticket() {
        return ticket;
    }

    OpenFile file() {
        return require(file);
    }

    boolean hasFile() {
        return file != null;
    }

    void file(@Nullable OpenFile newFile) {
        file = newFile;
    }

    private static <T> T require(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the request is free");
        }
        return value;
    }

    boolean isReading() {
        return reading;
    }

    boolean isCyclic() {
        return periodBytes > 0;
    }

    /** One message: its first piece is all of it. */
    boolean isMessage() {
        return message;
    }

    /** Moves no bytes: an INTERRUPT, or a command. */
    boolean isEmpty() {
        return segments.isEmpty();
    }

    /** A command whose entries only wait for readiness; see {@link Handshake}. */
    boolean isHandshake() {
        return command instanceof Command.Accept || command instanceof Command.Connect;
    }

    /** A command that is told once of what went wrong before it. */
    boolean isSync() {
        return command instanceof Command.Sync;
    }

    /** What it does, in the words of the system's manual. */
    String verb() {
        return switch (command) {
            case null -> reading ? "read" : "write";
            case Command.Sync _ -> "fsync";
            case Command.Allocate _, Command.PunchHole _ -> "fallocate";
            case Command.ShutdownOutput _ -> "shutdown";
            case Command.Accept _ -> "accept";
            case Command.Connect _ -> "connect";
        };
    }

    /** What is there decides when it ends, and not a disk. */
    boolean isStream() {
        return file != null && !file.isPositional();
    }

    /** A stream that its client has closed: the ring alone holds it. */
    boolean isClosed() {
        return isStream() && !file().channel().isOpen();
    }

    /** It may run beside others of its channel. */
    boolean isIndependent() {
        return file != null && file.isIndependent(reading) && !isCyclic() && !isEmpty();
    }

    long lengthBytes() {
        return lengthBytes;
    }

    long movedBytes() {
        return movedBytes;
    }

    boolean isWhole() {
        return !isCyclic() && movedBytes == lengthBytes;
    }

    boolean isAtPeriod() {
        return isCyclic() && movedBytes % periodBytes == 0;
    }

    /** What its stream is like after so many bytes of what it was asked for. */
    void learn(long bytes) {
        if (file != null) {
            // That one message was short says nothing of the next.
            file.leaves(reading, !message && bytes < askedBytes);
        }
    }

    /** After so many bytes more. */
    void advance(long bytes) {
        movedBytes += bytes;
        long left = bytes;
        while (left > 0) {
            long step = Math.min(left, segments.get(segment).byteSize() - segmentOffset);
            segmentOffset += step;
            left -= step;
            if (segmentOffset == segments.get(segment).byteSize()) {
                segmentOffset = 0;
                segment = isCyclic() ? 0 : segment + 1;
            }
        }
    }

    /** Writes what comes next into an entry of the ring. */
    void write(Ring ring, long entry, BufferTable buffers) {
        pieces++;
        cancelled = false;
        if (isToWait()) {
            phase = Phase.POLLING;
            writePoll(ring, entry);
        } else {
            ready = false;
            phase = Phase.MOVING;
            writePiece(ring, entry, buffers);
        }
    }

    private boolean isToWait() {
        return isHandshake() || (!ready && !isEmpty() && file != null && file.isToWaitFor(reading));
    }

    private void writePiece(Ring ring, long entry, BufferTable registered) {
        if (isEmpty()) {
            CommandEntry.write(ring, entry, command, file, userData());
            return;
        }
        OpenFile of = file();
        // The kernel answers with the length of the datagram, though the buffers be shorter.
        boolean receiving = datagram && reading;
        int operationFlags = receiving ? MSG_TRUNC : 0;
        if (of.answersAtOnce()) {
            // Else the kernel would have the memory in its hands for as long as nothing comes.
            operationFlags |= receiving ? MSG_DONTWAIT : RWF_NOWAIT;
        }
        // A cyclic transfer streams through the file: its offset rises over all revolutions.
        long at = of.takesOffsets() ? offsetBytes + movedBytes : receiving ? 0 : -1;
        MemorySegment first = segments.get(segment);
        long inFirst = first.byteSize() - segmentOffset;
        long most = isCyclic() ? periodBytes - movedBytes % periodBytes : Long.MAX_VALUE;
        most = Math.min(most, pieceMaxBytes);
        int operation;
        long address;
        int length;
        int place = MappedRange.NOWHERE;
        if (inFirst >= most || segment == segments.size() - 1) {
            address = first.address() + segmentOffset;
            length = (int) Math.min(inFirst, most);
            askedBytes = length;
            place = of.isPositional() ? registered.placeOf(address, length) : place;
            operation = receiving ? IORING_OP_RECV : BufferTable.operation(reading, place);
        } else if (receiving) {
            operation = IORING_OP_RECVMSG;
            address = fillVector(most).headerAddress();
            length = 1;
        } else {
            operation = reading ? IORING_OP_READV : IORING_OP_WRITEV;
            BufferVector buffers = fillVector(most);
            address = buffers.address();
            length = buffers.count();
        }
        ring.write(
                entry,
                operation,
                of.entryFlags(),
                of.number(),
                at,
                address,
                length,
                operationFlags,
                userData(),
                Math.max(place, 0));
    }

    private BufferVector fillVector(long mostBytes) {
        BufferVector mine = vector;
        if (mine == null) {
            mine = new BufferVector(arena);
            vector = mine;
        }
        mine.fill(segments, segment, segmentOffset, mostBytes);
        askedBytes = mine.bytes();
        return mine;
    }

    private void writePoll(Ring ring, long entry) {
        OpenFile of = file();
        int events = reading || command instanceof Command.Accept ? POLLIN : POLLOUT;
        ring.write(
                entry,
                IORING_OP_POLL_ADD,
                of.entryFlags(),
                of.number(),
                0,
                0,
                0,
                events,
                userData());
    }
}
