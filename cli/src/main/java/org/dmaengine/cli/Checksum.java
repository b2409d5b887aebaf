package org.dmaengine.cli;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** CRC-32C of bytes as they pass, and of a file as it stands. */
final class Checksum {
    private static final int BUFFER_BYTES = 1 << 20;

    private final CRC32C crc = new CRC32C();

    void add(MemorySegment data) {
        crc.update(data.asByteBuffer());
    }

    /**
     * Adds a part of a file.
     *
     * @return false if the file ends before, or somebody wants the command to end
     */
    boolean add(FileChannel channel, long fromBytes, long toBytes, Interruption interruption)
            throws IOException {
        ByteBuffer buffer = DirectIo.buffer(BUFFER_BYTES);
        long at = fromBytes;
        while (at < toBytes && !interruption.isRequested()) {
            int wanted = (int) Math.min(BUFFER_BYTES, toBytes - at);
            if (!read(channel, at, buffer, wanted)) {
                return false;
            }
            crc.update(buffer.rewind().limit(wanted));
            at += wanted;
        }
        return at >= toBytes;
    }

    /** Of a file that is open for direct I/O, too: that is read by whole units, or to its end. */
    private static boolean read(FileChannel channel, long at, ByteBuffer buffer, int wanted)
            throws IOException {
        buffer.clear().limit((int) DirectIo.roundedUp(wanted));
        while (buffer.position() < wanted) {
            if (channel.read(buffer, at + buffer.position()) <= 0) {
                return false;
            }
        }
        return true;
    }

    long value() {
        return crc.getValue();
    }
}
