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
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long at = fromBytes;
        while (at < toBytes && !interruption.isRequested()) {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, toBytes - at));
            int got = channel.read(buffer, at);
            if (got <= 0) {
                return false;
            }
            crc.update(buffer.flip());
            at += got;
        }
        return at >= toBytes;
    }

    long value() {
        return crc.getValue();
    }
}
