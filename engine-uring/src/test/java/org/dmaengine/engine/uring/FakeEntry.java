package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One submission entry that the kernel has taken: a copy, as the kernel makes one. While it is
 * held, the test decides what becomes of it, from any thread.
 */
final class FakeEntry {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    enum State {
        /** For the file to have something, or room. Can be cancelled. */
        WAITING,
        /** By the test. Cannot be cancelled. */
        HELD,
        OVER
    }

    private final FakeFlight flight;
    private final FakeRing ring;
    private final @Nullable FakeOpenFile file;
    private final int operation;
    private final int flags;
    private final int number;
    private final long offset;
    private final long address;
    private final int length;
    private final int operationFlags;
    private final long userData;
    private final boolean inBuffer;

    // Guarded by the kernel's lock.
    private State state = State.HELD;
    private int bytesMax = Integer.MAX_VALUE;

    /** Copies the entry at a place of the submissions, and refers to its file. */
    FakeEntry(MemorySegment from, long at, FakeRing ring, FakeFlight flight, FakeDescriptors open) {
        this.ring = ring;
        this.flight = flight;
        operation = from.get(ValueLayout.JAVA_BYTE, at + SQE_OPCODE);
        flags = from.get(ValueLayout.JAVA_BYTE, at + SQE_FLAGS);
        number = from.get(INT, at + SQE_FD);
        offset = from.get(LONG, at + SQE_OFF);
        address = from.get(LONG, at + SQE_ADDR);
        length = from.get(INT, at + SQE_LEN);
        operationFlags = from.get(INT, at + SQE_OP_FLAGS);
        userData = from.get(LONG, at + SQE_USER_DATA);
        int place = Short.toUnsignedInt(from.get(ValueLayout.JAVA_SHORT, at + SQE_BUF_INDEX));
        // From here on the entry holds the buffer, whatever is registered at its place later.
        inBuffer = !isFixed() || ring.buffers().holds(place, address, length);
        FakeOpenFile named = hasRegisteredFile() ? ring.registered(number) : open.find(number);
        file = named == null ? null : named.refer();
    }

    // ---- What it says

    int operation() {
        return operation;
    }

    boolean isRead() {
        return operation == IORING_OP_READ
                || operation == IORING_OP_READV
                || operation == IORING_OP_READ_FIXED;
    }

    boolean isWrite() {
        return operation == IORING_OP_WRITE
                || operation == IORING_OP_WRITEV
                || operation == IORING_OP_WRITE_FIXED;
    }

    /** Its memory is a registered buffer's. */
    boolean isFixed() {
        return operation == IORING_OP_READ_FIXED || operation == IORING_OP_WRITE_FIXED;
    }

    /** Its memory lies in the buffer that it names, if it names one. */
    boolean isInBuffer() {
        return inBuffer;
    }

    boolean isVectored() {
        return operation == IORING_OP_READV || operation == IORING_OP_WRITEV;
    }

    /** Moves bytes for somebody, and not those of an event descriptor. */
    boolean isTransfer() {
        return (isRead() || isWrite()) && (file == null || !(file.file() instanceof FakeEvent));
    }

    /** Under the condition that nothing has to be waited for. */
    boolean mayNotWait() {
        return isTransfer() && (operationFlags & RWF_NOWAIT) != 0;
    }

    boolean isPoll() {
        return operation == IORING_OP_POLL_ADD;
    }

    boolean isCancel() {
        return operation == IORING_OP_ASYNC_CANCEL;
    }

    boolean isTargetOf(FakeEntry cancel) {
        return userData == cancel.address && ring == cancel.ring && !isCancel();
    }

    boolean hasRegisteredFile() {
        return (flags & IOSQE_FIXED_FILE) != 0;
    }

    int number() {
        return number;
    }

    long offset() {
        return offset;
    }

    long address() {
        return address;
    }

    int length() {
        return length;
    }

    int operationFlags() {
        return operationFlags;
    }

    long userData() {
        return userData;
    }

    FakeRing ring() {
        return ring;
    }

    @Nullable FakeOpenFile file() {
        return file;
    }

    // ---- For the kernel, under its lock

    int bytesMax() {
        return bytesMax;
    }

    void shorten(int newBytesMax) {
        bytesMax = newBytesMax;
    }

    State state() {
        return state;
    }

    void state(State newState) {
        state = newState;
    }

    void releaseFile() {
        if (file != null) {
            file.release();
        }
    }

    // ---- For tests, while it is held

    /** The kernel goes on with it, and tells what comes of it. */
    void run() {
        flight.proceed(this, Fate.RUN);
    }

    /** The same, with at most so many bytes. */
    void run(int newBytesMax) {
        flight.proceed(this, Fate.shorten(newBytesMax));
    }

    /** Ends it, with nothing done. */
    void answer(int result) {
        flight.proceed(this, Fate.answer(result));
    }

    /** A completion for it, whether or not it is over. */
    void answerAgain(int result) {
        flight.post(ring, userData, result);
    }

    boolean isOver() {
        return flight.isOver(this);
    }

    @Override
    public String toString() {
        return "entry 0x%x: operation %d on %d, %d at %d, %s"
                .formatted(userData, operation, number, length, offset, state);
    }
}
