package org.dmaengine.bench.copy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The last-level cache, which a cold block must not be in. */
final class Cache {
    private static final Path SIZE = Path.of("/sys/devices/system/cpu/cpu0/cache/index3/size");

    /** Where the kernel does not tell, as in some virtual machines: more than most have. */
    private static final long UNKNOWN_BYTES = 64 << 20;

    private Cache() {}

    static long lastLevelBytes() {
        try {
            return bytes(Files.readString(SIZE));
        } catch (IOException untold) {
            return UNKNOWN_BYTES;
        }
    }

    /** Of a size as sysfs writes it: 32768K. */
    static long bytes(String size) {
        String text = size.strip();
        long unit =
                switch (text.charAt(text.length() - 1)) {
                    case 'K' -> 1 << 10;
                    case 'M' -> 1 << 20;
                    default -> 1;
                };
        return Long.parseLong(text.replaceFirst("[KM]$", "")) * unit;
    }
}
