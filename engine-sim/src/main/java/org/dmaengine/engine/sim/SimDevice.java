package org.dmaengine.engine.sim;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A simulated peripheral: a FIFO that the test fills and empties. Give it to a transfer as {@code
 * Peripheral.of(device)}. Bytes that it produces count up from 0 and wrap, so that whoever reads
 * knows what must come. Guarded by itself: any thread may use it; no call waits.
 */
public final class SimDevice extends AbstractSelectableChannel implements ByteChannel {
    private long produced;
    private long available;
    private long consumed;
    private long room;
    private boolean ended;
    private @Nullable IOException broken;

    // The transfers that are to be told when it is ready. Any thread.
    private final List<SimJob> users = new CopyOnWriteArrayList<>();

    /** Empty and full: nothing to read, and no room to write. */
    public SimDevice() {
        super(SelectorProvider.provider());
    }

    /** Gives it more bytes to read, and more room to write. */
    public SimDevice supply(long readableBytes, long writableBytes) {
        requireNotNegative(readableBytes);
        requireNotNegative(writableBytes);
        synchronized (this) {
            available = Saturated.sum(available, readableBytes);
            room = Saturated.sum(room, writableBytes);
        }
        wakeUsers();
        return this;
    }

    private static void requireNotNegative(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(bytes + " bytes cannot be supplied");
        }
    }

    /** No more bytes will come: reads behind the last one tell the end. */
    public void end() {
        synchronized (this) {
            ended = true;
        }
        wakeUsers();
    }

    /** Every read and write from here fails. */
    public void fail(IOException reason) {
        synchronized (this) {
            broken = reason;
        }
        wakeUsers();
    }

    /** A transfer that waits for it looks again. */
    private void wakeUsers() {
        // Without its monitor: a controller takes its own, and then the device's.
        users.forEach(each -> each.channel.ready(each));
    }

    void addUser(SimJob job) {
        users.add(job);
    }

    void removeUser(SimJob job) {
        users.remove(job);
    }

    /** Bytes read out of it so far; the next read begins with this number, modulo 256. */
    public synchronized long produced() {
        return produced;
    }

    /** Bytes written into it so far. */
    public synchronized long consumed() {
        return consumed;
    }

    @Override
    public synchronized int read(ByteBuffer bytes) throws IOException {
        requireWhole();
        int count = (int) Math.min(available, bytes.remaining());
        if (count == 0) {
            return ended && available == 0 ? -1 : 0;
        }
        for (int i = 0; i < count; i++) {
            bytes.put((byte) produced++);
        }
        available -= count;
        return count;
    }

    @Override
    public synchronized int write(ByteBuffer bytes) throws IOException {
        requireWhole();
        int count = (int) Math.min(room, bytes.remaining());
        bytes.position(bytes.position() + count);
        consumed += count;
        room -= count;
        return count;
    }

    private void requireWhole() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (broken != null) {
            throw broken;
        }
    }

    @Override
    public int validOps() {
        return SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    }

    @Override
    protected void implCloseSelectableChannel() {
        wakeUsers();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}
}
