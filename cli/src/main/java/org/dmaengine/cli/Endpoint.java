package org.dmaengine.cli;

import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;

import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * One side of a copy.
 *
 * @param peripheral what the engine moves bytes from or to
 * @param direct the same past the page cache: for what is a whole number of {@link DirectIo} units
 * @param sparse true if long runs of zeros may be left out when writing
 * @param padded true if it is written by whole units alone, and cut in the end
 */
record Endpoint(
        Peripheral peripheral, Optional<Peripheral> direct, boolean sparse, boolean padded) {
    /** Standard input or output, a FIFO or a device. */
    static Endpoint of(Peripheral stream) {
        return new Endpoint(stream, Optional.empty(), false, false);
    }

    static Endpoint source(FileChannel file, Optional<FileChannel> direct) {
        return new Endpoint(
                new Peripheral.File(file), direct.map(Peripheral.File::new), false, false);
    }

    static Endpoint target(TargetFile file) {
        return new Endpoint(
                new Peripheral.File(file.channel()), Optional.empty(), true, file.direct());
    }

    /** True if blocks may be moved in any order, each to its own place. */
    boolean isPositioned() {
        return peripheral instanceof Peripheral.File;
    }

    /** True if it is moved past the page cache, or most of it. */
    boolean isDirect() {
        return padded || direct.isPresent();
    }

    PeripheralConfig read(long offsetBytes, long lengthBytes) {
        boolean whole = DirectIo.isWhole(offsetBytes) && DirectIo.isWhole(lengthBytes);
        Peripheral from = whole ? direct.orElse(peripheral) : peripheral;
        return at(PeripheralConfig.read(from), offsetBytes);
    }

    PeripheralConfig write(long offsetBytes) {
        return at(PeripheralConfig.write(peripheral), offsetBytes);
    }

    private PeripheralConfig at(PeripheralConfig config, long offsetBytes) {
        return isPositioned() ? config.atOffset(offsetBytes) : config;
    }
}
