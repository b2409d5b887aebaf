package org.dmaengine.cli;

import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;

/**
 * One side of a copy.
 *
 * @param peripheral what the engine moves bytes from or to
 * @param sparse true if long runs of zeros may be left out when writing
 */
record Endpoint(Peripheral peripheral, boolean sparse) {
    /** True if blocks may be moved in any order, each to its own place. */
    boolean isPositioned() {
        return peripheral instanceof Peripheral.File;
    }

    PeripheralConfig read(long offsetBytes) {
        return at(PeripheralConfig.read(peripheral), offsetBytes);
    }

    PeripheralConfig write(long offsetBytes) {
        return at(PeripheralConfig.write(peripheral), offsetBytes);
    }

    private PeripheralConfig at(PeripheralConfig config, long offsetBytes) {
        return isPositioned() ? config.atOffset(offsetBytes) : config;
    }
}
