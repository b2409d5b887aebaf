package org.dmaengine.engine.uring;

import java.nio.channels.Channel;
import java.nio.channels.FileChannel;

/** A client's channel as a ring knows it; see {@link FileTable}. Of its worker alone. */
final class OpenFile {
    private final FileTable table;
    private final Channel channel;
    private final int number;
    private final boolean registered;
    private final boolean positional;
    private final boolean device;
    private final boolean buffered;
    private final boolean synced;
    private final boolean appended;

    // Transfers that use it now.
    int users;
    // A look has found it without users; it was not used since, if it has none.
    boolean seenIdle;

    // Of a stream: what the latest piece has left, an empty pipe or a full one.
    private boolean drained;
    private boolean filled;
    // Its disk was not polled when it was asked to be.
    private boolean refusesPolling;
    // It cannot be asked for what is there now and no more, as it is with many devices.
    private boolean alwaysWaits;

    /**
     * @param table whose it is
     * @param channel the client's
     * @param number its place in the ring's table, or a descriptor of our own
     * @param registered which of the two
     * @param mode {@code st_mode}
     * @param openFlags what it was opened with
     */
    OpenFile(
            FileTable table,
            Channel channel,
            int number,
            boolean registered,
            int mode,
            int openFlags) {
        this.table = table;
        this.channel = channel;
        this.number = number;
        this.registered = registered;
        int kind = mode & IoUring.S_IFMT;
        this.positional = kind == IoUring.S_IFREG || kind == IoUring.S_IFBLK;
        this.device = kind == IoUring.S_IFCHR;
        this.buffered = positional && (openFlags & IoUring.O_DIRECT) == 0;
        this.synced = (openFlags & IoUring.O_DSYNC) != 0;
        this.appended = (openFlags & IoUring.O_APPEND) != 0;
        this.alwaysWaits = kind != IoUring.S_IFIFO && kind != IoUring.S_IFSOCK;
    }

    FileTable table() {
        return table;
    }

    /** A user less. */
    void release() {
        table.release(this);
    }

    Channel channel() {
        return channel;
    }

    int number() {
        return number;
    }

    boolean isRegistered() {
        return registered;
    }

    /**
     * Held until the client has closed its channel, for its locks go with any of its descriptors.
     */
    boolean isKept() {
        return !registered && channel instanceof FileChannel;
    }

    /** What the flags of an entry say about {@link #number}. */
    int entryFlags() {
        return registered ? IoUring.IOSQE_FIXED_FILE : 0;
    }

    /**
     * Whether it may be over without the disk: it goes through the page cache, and no write has to
     * be on disk when it ends. File systems wait for that although nothing may be waited for.
     */
    boolean isAtHand(boolean reading) {
        return buffered && isIndependent(reading) && (reading || !synced);
    }

    /**
     * Whether transfers of it may run beside others: each has a place of its own in the file, but
     * for what is appended, which lies wherever the file ends when it comes.
     */
    boolean isIndependent(boolean reading) {
        return positional && (reading || !appended);
    }

    /** A regular file or block device: it is accessed at offsets, and never makes anybody wait. */
    boolean isPositional() {
        return positional;
    }

    /**
     * Whether the kernel is told an offset in it: a device may have positions too, and pays no heed
     * to the offset if it has none. Pipes and sockets want to be told that there is none.
     */
    boolean takesOffsets() {
        return positional || (device && channel instanceof FileChannel);
    }

    /** It was opened for direct I/O, and its disk may have queues that are polled. */
    boolean mayBePolled() {
        return positional && !buffered && !refusesPolling;
    }

    void refusesPolling() {
        refusesPolling = true;
    }

    // ---- A stream, which is waited for by a look at its readiness, that touches no memory

    /** Whether the next piece will probably have to wait. */
    boolean isToWaitFor(boolean reading) {
        return !positional && (alwaysWaits || (reading ? drained : filled));
    }

    /** What a piece has shown: whether the next one would have to wait. */
    void leaves(boolean reading, boolean nothing) {
        if (reading) {
            drained = nothing;
        } else {
            filled = nothing;
        }
    }

    /** Whether a piece may be asked for on the condition that it need not wait. */
    boolean answersAtOnce() {
        return !positional && !alwaysWaits;
    }

    /** It has refused that condition: behind the look a piece may wait. */
    void refusesCondition() {
        alwaysWaits = true;
    }
}
