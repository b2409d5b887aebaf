package org.dmaengine.testkit;

import org.dmaengine.Capability;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.EngineDescription;
import org.dmaengine.Flag;
import org.dmaengine.OperationKind;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Transfers of known bytes into memory, for tests that ask what becomes of a transfer and not how
 * its bytes travel: copies from memory where the engine has them, else reads from a file into which
 * the same bytes were written before.
 */
final class Copies implements AutoCloseable {
    private static final int WRITE_MAX_BYTES = 1 << 20;

    // All guarded by this.
    private final Map<Source, Long> offsets = new HashMap<>();
    private @Nullable FileChannel file;
    private long fileBytes;

    private record Source(long address, long lengthBytes) {
        static Source of(MemorySegment memory) {
            return new Source(memory.address(), memory.byteSize());
        }
    }

    /** The row of the honesty table they fall under; skips the test if there is none. */
    static OperationKind kindOn(EngineDescription engine) {
        if (engine.capabilities().contains(Capability.MEMCPY)) {
            return OperationKind.MEMCPY;
        }
        if (engine.capabilities().contains(Capability.PERIPHERAL)
                && engine.termination().containsKey(OperationKind.FILE)) {
            return OperationKind.FILE;
        }
        throw new TestAbortedException("the engine neither copies memory nor reads files");
    }

    /**
     * Prepares one of the whole source to the start of the target. What the source holds now is
     * what arrives.
     */
    Descriptor prep(DmaChannel channel, MemorySegment target, MemorySegment source, Flag... flags) {
        if (kindOn(channel.engine().description()) == OperationKind.MEMCPY) {
            return channel.prepMemcpy(target, source, flags);
        }
        List<MemorySegment> whole = List.of(target.asSlice(0, source.byteSize()));
        return channel.prepPeripheralSg(write(source), whole, flags);
    }

    /** Descriptors that were prepared with this source copy what it holds now. */
    synchronized void renew(MemorySegment source) {
        if (offsets.containsKey(Source.of(source))) {
            write(source);
        }
    }

    /** Writes the source to its place in the file, and tells how it is read from there. */
    private synchronized PeripheralConfig write(MemorySegment source) {
        Long known = offsets.putIfAbsent(Source.of(source), fileBytes);
        long offset = known == null ? fileBytes : known;
        fileBytes = Math.max(fileBytes, offset + source.byteSize());
        try {
            FileChannel opened = opened();
            for (long done = 0; done < source.byteSize(); ) {
                long left = Math.min(WRITE_MAX_BYTES, source.byteSize() - done);
                ByteBuffer piece = source.asSlice(done, left).asByteBuffer();
                done += opened.write(piece, offset + done);
            }
            return PeripheralConfig.read(new Peripheral.File(opened)).atOffset(offset);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private FileChannel opened() throws IOException {
        FileChannel opened = file;
        if (opened == null) {
            Path path = Files.createTempFile("copies", "");
            opened =
                    FileChannel.open(
                            path,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE);
            file = opened;
        }
        return opened;
    }

    /** After the engine: nobody reads the file any more. */
    @Override
    public synchronized void close() throws IOException {
        FileChannel opened = file;
        if (opened != null) {
            opened.close();
        }
    }
}
