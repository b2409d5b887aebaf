package org.dmaengine.bench.file;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineUnavailableException;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.bench.Skip;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A file, engine io_uring with one channel, and a mapped buffer for each transfer in flight. */
final class EngineFile implements AutoCloseable {
    private final Access access;
    private final FileChannel file;
    private final DmaEngine engine;
    private final Arena arena = Arena.ofShared();
    private final DmaBuffer mapped;
    private final DmaChannel channel;

    EngineFile(Path path, Access access) throws IOException, Skip {
        this.access = access;
        file = access.open(path);
        try {
            engine = DmaEngines.open("io_uring");
        } catch (EngineUnavailableException unavailable) {
            file.close();
            throw new Skip(unavailable.toString());
        }
        channel =
                engine.requestChannel(
                        ChannelRequest.of(Capability.PERIPHERAL)
                                .withCallbackExecutor(Runnable::run));
        // As the peers register theirs.
        mapped =
                engine.map(
                        arena.allocate(
                                (long) access.blockBytes() * access.depth(),
                                Access.HUGE_PAGE_BYTES));
    }

    DmaChannel channel() {
        return channel;
    }

    Access.Offsets offsets() throws IOException {
        return new Access.Offsets(access, file.size());
    }

    PeripheralConfig config() {
        Peripheral peripheral = new Peripheral.File(file);
        return access.writing()
                ? PeripheralConfig.write(peripheral)
                : PeripheralConfig.read(peripheral);
    }

    MemorySegment buffer(int index) {
        return mapped.segment().asSlice((long) index * access.blockBytes(), access.blockBytes());
    }

    @Override
    public void close() throws IOException {
        channel.close();
        mapped.close();
        engine.close();
        arena.close();
        file.close();
    }
}
