package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.util.IdentityHashMap;
import java.util.Iterator;

/**
 * The files of one ring. While a transfer uses a channel of the client, the ring holds the open
 * file by itself: registered in its table (io_uring_register(2)), or, where that has no place, by a
 * descriptor of our own. So a channel that is closed under its transfers cannot lead them into
 * another file that got its number.
 *
 * <p>An open file outlives its last close, and the reader of a pipe waits for that of its writer.
 * Therefore what nobody uses is let go: at once when the client has closed it, otherwise after a
 * while, so that a file in steady use is registered once. Of whoever has the ring, alone.
 *
 * <p>Only a descriptor of our own for a {@link FileChannel} is kept until the client has closed
 * that: close(2) of any descriptor of a file gives up every lock (fcntl(2)) that the process has on
 * it, and Java's {@link java.nio.channels.FileLock} is one. A place in the table is cleared without
 * that.
 */
final class FileTable {
    private final UringCalls calls;
    private final int ring;
    private final IdentityHashMap<Channel, OpenFile> files = new IdentityHashMap<>();
    private final MemorySegment update;
    private final MemorySegment descriptor;

    private final TablePlaces places;
    private int idle;

    // The one that was asked for last: most are asked for many times in a row.
    private @Nullable OpenFile latest;

    /** With a table of so many places, if the kernel gives one. */
    FileTable(UringCalls calls, int ring, int placesMax, Arena arena) {
        this.calls = calls;
        this.ring = ring;
        this.update = arena.allocate(FILES_UPDATE_SIZE, Long.BYTES);
        this.descriptor = arena.allocate(ValueLayout.JAVA_INT);
        update.set(ValueLayout.JAVA_LONG, FILES_UPDATE_FDS, descriptor.address());
        this.places = new TablePlaces(placesMax > 0 && register(placesMax) ? placesMax : 0);
    }

    private boolean register(int count) {
        return TablePlaces.registerSparse(calls, ring, IORING_REGISTER_FILES2, count)
                || registerEmpty(count);
    }

    /** The same as kernels before 5.19 do it: it is said of each place that it has none. */
    private boolean registerEmpty(int count) {
        try (Arena brief = Arena.ofConfined()) {
            MemorySegment none = brief.allocate(ValueLayout.JAVA_INT, count).fill((byte) -1);
            return calls.register(ring, IORING_REGISTER_FILES, none, count) >= 0;
        }
    }

    /**
     * The file of a channel, in use until {@link #release}.
     *
     * @throws ErrnoException EBADF if the client has closed it
     */
    @SuppressWarnings("ReferenceEquality") // Two channels are two files, whatever they say.
    OpenFile acquire(Channel channel) throws ErrnoException {
        OpenFile file = latest;
        if (file == null || file.channel() != channel) {
            file = files.get(channel);
        }
        if (file == null) {
            file = open(channel);
            files.put(channel, file);
        } else if (!channel.isOpen()) {
            throw new ErrnoException(Errno.EBADF, "a transfer on a closed channel");
        } else if (file.users == 0) {
            idle--;
        }
        file.users++;
        latest = file;
        return file;
    }

    void release(OpenFile file) {
        file.users--;
        if (file.users > 0) {
            return;
        }
        idle++;
        file.seenIdle = false;
        if (!file.channel().isOpen()) {
            files.remove(file.channel());
            drop(file);
        }
    }

    /** Whether it holds files that nobody uses, so that somebody has to call {@link #dropIdle}. */
    boolean hasIdle() {
        return idle > 0 || places.hasUncleared();
    }

    /**
     * Lets go what the client has closed, and what nobody has used since the last call and need not
     * be kept.
     */
    void dropIdle() {
        places.clearAgain(this::isCleared);
        if (idle == 0) {
            return;
        }
        for (Iterator<OpenFile> each = files.values().iterator(); each.hasNext(); ) {
            OpenFile file = each.next();
            boolean unused = file.seenIdle && !file.isKept();
            if (file.users == 0 && (unused || !file.channel().isOpen())) {
                each.remove();
                drop(file);
            } else {
                file.seenIdle = true;
            }
        }
    }

    private OpenFile open(Channel channel) throws ErrnoException {
        int number = require(calls.descriptorOf(channel), "finding the descriptor of " + channel);
        int mode = require(calls.mode(number), "statx");
        int opened = require(calls.openFlags(number), "fcntl(F_GETFL)");
        OpenFile file = hold(channel, number, mode, opened);
        if (!channel.isOpen()) {
            // The number may have been another file's already.
            idle++;
            drop(file);
            throw new ErrnoException(Errno.EBADF, "a transfer on a closed channel");
        }
        return file;
    }

    private OpenFile hold(Channel channel, int number, int mode, int opened) throws ErrnoException {
        if (places.hasFree()) {
            int place = places.next();
            if (set(place, number) >= 0) {
                places.take();
                return new OpenFile(this, channel, place, true, mode, opened);
            }
        }
        int own = require(calls.duplicate(number), "fcntl(F_DUPFD_CLOEXEC)");
        return new OpenFile(this, channel, own, false, mode, opened);
    }

    private void drop(OpenFile file) {
        latest = null;
        idle--;
        if (file.isRegistered()) {
            places.giveBack(file.number(), this::isCleared);
        } else {
            calls.close(file.number());
        }
    }

    private boolean isCleared(int place) {
        return set(place, -1) >= 0;
    }

    private int set(int place, int number) {
        update.set(ValueLayout.JAVA_INT, FILES_UPDATE_OFFSET, place);
        descriptor.set(ValueLayout.JAVA_INT, 0, number);
        return calls.register(ring, IORING_REGISTER_FILES_UPDATE, update, 1);
    }

    private static int require(int answer, String operation) throws ErrnoException {
        if (answer < 0) {
            throw new ErrnoException(-answer, operation);
        }
        return answer;
    }

    /** Lets go everything; nothing is in use any more. */
    void close() {
        files.values().forEach(this::drop);
        files.clear();
    }
}
