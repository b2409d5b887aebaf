import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;

import java.nio.channels.FileChannel;

/** What is the same however an engine is used. */
final class Engines {
    private Engines() {}

    /**
     * @param name with options, as {@code io_uring:mode=workers,spins=0}
     */
    static DmaEngine open(String name) {
        String[] parts = name.split("[:,]");
        EngineOptions options = EngineOptions.defaults();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=");
            options = options.with(pair[0], pair[1]);
        }
        return DmaEngines.open(parts[0], options);
    }

    static PeripheralConfig config(Access access, FileChannel file) {
        Peripheral peripheral = new Peripheral.File(file);
        return access.writing()
                ? PeripheralConfig.write(peripheral)
                : PeripheralConfig.read(peripheral);
    }
}
