package org.dmaengine.testkit;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A byte channel whose progress the test decides: each call waits until bytes are let through, the
 * end is reached, or a failure was set. Reads give the bytes of {@link DmaPattern#copied}.
 */
public final class GatedChannel implements ReadableByteChannel, WritableByteChannel {
    // All guarded by this.
    private long allowed;
    private long passed;
    private int inside;
    private boolean ended;
    private boolean open = true;
    private @Nullable IOException failure;

    /** Lets nothing through yet. */
    public GatedChannel() {}

    /** Lets so many more bytes through. */
    public synchronized void allow(long bytes) {
        allowed = Math.addExact(allowed, bytes);
        notifyAll();
    }

    /** What was not let through yet never comes: reads find the end, writes pass freely. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Once the allowed bytes are through, calls fail with this. */
    public synchronized void fail(IOException newFailure) {
        failure = newFailure;
        notifyAll();
    }

    /** True while a thread is blocked in here. */
    public synchronized boolean isBlocked() {
        return inside > 0 && passed == allowed && !ended && failure == null;
    }

    /** Bytes that went through. */
    public synchronized long passed() {
        return passed;
    }

    @Override
    public synchronized int read(ByteBuffer buffer) throws IOException {
        int count = pass(buffer);
        for (int i = 0; i < count; i++) {
            buffer.put(DmaPattern.copied(passed - count + i));
        }
        return count;
    }

    @Override
    public synchronized int write(ByteBuffer buffer) throws IOException {
        int count = pass(buffer);
        int taken = count < 0 ? buffer.remaining() : count;
        buffer.position(buffer.position() + taken);
        return taken;
    }

    private int pass(ByteBuffer buffer) throws IOException {
        inside++;
        try {
            boolean interrupted = false;
            while (passed == allowed && !ended && failure == null) {
                try {
                    wait();
                } catch (InterruptedException kept) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (passed == allowed) {
                if (failure != null) {
                    throw failure;
                }
                return -1;
            }
            int count = (int) Math.min(buffer.remaining(), allowed - passed);
            passed += count;
            return count;
        } finally {
            inside--;
        }
    }

    @Override
    public synchronized boolean isOpen() {
        return open;
    }

    @Override
    public synchronized void close() {
        open = false;
        end();
    }
}
