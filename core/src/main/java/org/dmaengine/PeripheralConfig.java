package org.dmaengine;

/**
 * How a channel talks to a peripheral (kernel: {@code struct dma_slave_config}). Every descriptor
 * carries the configuration it was prepared with; a later one does not change it (P8).
 *
 * @param peripheral the endpoint
 * @param direction {@link Direction#MEM_TO_DEV} or {@link Direction#DEV_TO_MEM}
 * @param offsetBytes where in a {@link Peripheral.File} the transfer begins; 0 for all others
 * @param burstBytes the most bytes moved by one access to the peripheral ({@code maxburst}); 0
 *     leaves it to the engine
 * @param holdBack for cyclic transfers: true if the engine waits with a period until the event of
 *     its former content was delivered, false if the peripheral cannot wait, so that overruns are
 *     counted instead
 */
public record PeripheralConfig(
        Peripheral peripheral,
        Direction direction,
        long offsetBytes,
        long burstBytes,
        boolean holdBack) {

    /** Refuses directions and offsets that make no sense, naming them. */
    public PeripheralConfig {
        if (direction == Direction.MEM_TO_MEM) {
            throw new PrepRefusedException(
                    PrepRefusedException.Reason.DIRECTION,
                    "a peripheral is read (DEV_TO_MEM) or written (MEM_TO_DEV), not MEM_TO_MEM");
        }
        if (offsetBytes < 0 || burstBytes < 0) {
            throw new PrepRefusedException(
                    PrepRefusedException.Reason.BOUNDS,
                    "offset " + offsetBytes + " and burst " + burstBytes + " must not be negative");
        }
        if (offsetBytes != 0 && !(peripheral instanceof Peripheral.File)) {
            throw new PrepRefusedException(
                    PrepRefusedException.Reason.BOUNDS,
                    "offset "
                            + offsetBytes
                            + " on a peripheral without positions; only files have one");
        }
    }

    /** Reads from the peripheral, from its current position or from offset 0 of a file. */
    public static PeripheralConfig read(Peripheral peripheral) {
        return new PeripheralConfig(peripheral, Direction.DEV_TO_MEM, 0, 0, true);
    }

    /** Writes to the peripheral, at its current position or at offset 0 of a file. */
    public static PeripheralConfig write(Peripheral peripheral) {
        return new PeripheralConfig(peripheral, Direction.MEM_TO_DEV, 0, 0, true);
    }

    /** The same at another file offset. */
    public PeripheralConfig atOffset(long newOffsetBytes) {
        return new PeripheralConfig(peripheral, direction, newOffsetBytes, burstBytes, holdBack);
    }

    /** The same with another burst. */
    public PeripheralConfig withBurst(long newBurstBytes) {
        return new PeripheralConfig(peripheral, direction, offsetBytes, newBurstBytes, holdBack);
    }

    /** The same for a peripheral that cannot wait: cyclic overruns are counted and told. */
    public PeripheralConfig freeRunning() {
        return new PeripheralConfig(peripheral, direction, offsetBytes, burstBytes, false);
    }
}
