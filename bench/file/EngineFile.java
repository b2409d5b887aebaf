import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;

/** A file, an engine with one channel, and a mapped buffer for each transfer in flight. */
final class EngineFile implements AutoCloseable {
    private final Access access;
    private final FileChannel file;
    private final DmaEngine engine;
    private final Arena arena = Arena.ofShared();
    private final DmaBuffer mapped;
    private final DmaChannel channel;

    /**
     * @param name with options, as {@code io_uring:mode=workers,spins=0}
     */
    EngineFile(String name, Access access) throws IOException {
        this.access = access;
        String[] parts = name.split("[:,]");
        EngineOptions options = EngineOptions.defaults();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=");
            options = options.with(pair[0], pair[1]);
        }
        file = FileChannel.open(access.file(), access.options());
        engine = DmaEngines.open(parts[0], options);
        channel =
                engine.requestChannel(
                        ChannelRequest.of(Capability.PERIPHERAL)
                                .withCallbackExecutor(Runnable::run));
        // As the peers register theirs.
        mapped = engine.map(arena.allocate((long) access.block() * access.depth(), 4096));
    }

    DmaChannel channel() {
        return channel;
    }

    PeripheralConfig config() {
        Peripheral peripheral = new Peripheral.File(file);
        return access.writing()
                ? PeripheralConfig.write(peripheral)
                : PeripheralConfig.read(peripheral);
    }

    MemorySegment buffer(int index) {
        return mapped.segment().asSlice((long) index * access.block(), access.block());
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
