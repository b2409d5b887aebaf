package org.dmaengine;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What one descriptor does, with all its parameters (P8). Engines switch over it without {@code
 * default}, so that a new operation fails to compile where it is not handled.
 */
public sealed interface Operation {

    /** Bytes that the whole operation moves; one revolution of a cyclic one. */
    long lengthBytes();

    /** The row of the honesty table it falls under. */
    OperationKind kind();

    /** The capability a channel needs for it. */
    Capability capability();

    /**
     * Memory to memory. A class and not a record, because the channel refills the one it keeps in
     * each queue slot for {@link DmaChannel#tryMemcpy}; outside that path it never changes.
     */
    final class Memcpy implements Operation {
        private MemorySegment target = MemorySegment.NULL;
        private long targetOffset;
        private MemorySegment source = MemorySegment.NULL;
        private long sourceOffset;
        private long lengthBytes;

        Memcpy() {}

        Memcpy set(
                MemorySegment newTarget,
                long newTargetOffset,
                MemorySegment newSource,
                long newSourceOffset,
                long newLengthBytes) {
            target = newTarget;
            targetOffset = newTargetOffset;
            source = newSource;
            sourceOffset = newSourceOffset;
            lengthBytes = newLengthBytes;
            return this;
        }

        /** The segment written to. */
        public MemorySegment target() {
            return target;
        }

        /** Where in {@link #target} the first byte goes. */
        public long targetOffset() {
            return targetOffset;
        }

        /** The segment read from. */
        public MemorySegment source() {
            return source;
        }

        /** Where in {@link #source} the first byte comes from. */
        public long sourceOffset() {
            return sourceOffset;
        }

        @Override
        public long lengthBytes() {
            return lengthBytes;
        }

        @Override
        public OperationKind kind() {
            return OperationKind.MEMCPY;
        }

        @Override
        public Capability capability() {
            return Capability.MEMCPY;
        }

        @Override
        public String toString() {
            return "Memcpy[" + lengthBytes + " bytes]";
        }
    }

    /** Fills {@code target} with {@code value}. */
    record Memset(MemorySegment target, byte value) implements Operation {
        @Override
        public long lengthBytes() {
            return target.byteSize();
        }

        @Override
        public OperationKind kind() {
            return OperationKind.MEMSET;
        }

        @Override
        public Capability capability() {
            return Capability.MEMSET;
        }
    }

    /**
     * The segments in order to or from a peripheral, or until it ends. A class and not a record,
     * because the channel refills the one it keeps in each queue slot for {@link
     * DmaChannel#tryPeripheral}; outside that path it never changes.
     */
    final class PeripheralSg implements Operation {
        private PeripheralConfig config;
        private long offsetBytes;
        private final List<MemorySegment> segments;
        private long lengthBytes;

        /** Copies the list. */
        PeripheralSg(PeripheralConfig config, List<MemorySegment> segments) {
            this.config = config;
            this.offsetBytes = config.offsetBytes();
            this.segments = List.copyOf(segments);
            for (MemorySegment segment : segments) {
                lengthBytes = Math.addExact(lengthBytes, segment.byteSize());
            }
        }

        /** For one segment at a time, which the caller puts into the list; followed by set. */
        PeripheralSg(PeripheralConfig config, OneSegment segment) {
            this.config = config;
            this.segments = segment;
        }

        void set(PeripheralConfig newConfig, long newOffsetBytes, long newLengthBytes) {
            config = newConfig;
            offsetBytes = newOffsetBytes;
            lengthBytes = newLengthBytes;
        }

        /** The peripheral and how to talk to it. Its offset does not count: see below. */
        public PeripheralConfig config() {
            return config;
        }

        /** Where in a {@link Peripheral.File} the transfer begins; 0 for all others. */
        public long offsetBytes() {
            return offsetBytes;
        }

        /** The memory, in order. */
        public List<MemorySegment> segments() {
            return segments;
        }

        @Override
        public long lengthBytes() {
            return lengthBytes;
        }

        @Override
        public OperationKind kind() {
            return config.peripheral().kind();
        }

        @Override
        public Capability capability() {
            return Capability.PERIPHERAL;
        }

        @Override
        public String toString() {
            return "PeripheralSg["
                    + config.direction()
                    + ' '
                    + config.peripheral()
                    + " at "
                    + offsetBytes
                    + ", "
                    + lengthBytes
                    + " bytes]";
        }
    }

    /** A ring of periods to or from a peripheral, round and round until terminated. */
    record Cyclic(PeripheralConfig config, MemorySegment ring, long periodBytes)
            implements Operation {
        /** Refuses a ring that is no whole number of periods. */
        public Cyclic {
            if (periodBytes < 1 || ring.byteSize() < 1 || ring.byteSize() % periodBytes != 0) {
                throw new PrepRefusedException(
                        PrepRefusedException.Reason.BOUNDS,
                        "a ring of "
                                + ring.byteSize()
                                + " bytes is not a whole number of periods of "
                                + periodBytes);
            }
        }

        /** Periods in the ring. */
        public long periods() {
            return ring.byteSize() / periodBytes;
        }

        @Override
        public long lengthBytes() {
            return ring.byteSize();
        }

        @Override
        public OperationKind kind() {
            return OperationKind.CYCLIC;
        }

        @Override
        public Capability capability() {
            return Capability.CYCLIC;
        }
    }

    /** Strided memory to memory. */
    record Interleaved(InterleavedTemplate template) implements Operation {
        @Override
        public long lengthBytes() {
            return template.lengthBytes();
        }

        @Override
        public OperationKind kind() {
            return OperationKind.INTERLEAVED;
        }

        @Override
        public Capability capability() {
            return Capability.INTERLEAVED;
        }
    }

    /** Moves nothing; does something else to a peripheral, when all before it has ended. */
    record PeripheralCommand(Peripheral peripheral, Command command) implements Operation {
        @Override
        public long lengthBytes() {
            return 0;
        }

        @Override
        public OperationKind kind() {
            return switch (command) {
                case Command.Sync _,
                        Command.Allocate _,
                        Command.PunchHole _,
                        Command.ShutdownOutput _ ->
                        OperationKind.COMMAND;
                // They wait for the other end, and are stopped as a read that does.
                case Command.Accept _, Command.Connect _ -> OperationKind.STREAM;
            };
        }

        @Override
        public Capability capability() {
            return Capability.COMMAND;
        }
    }

    /** Moves nothing; ends when all before it has ended. */
    record Interrupt() implements Operation {
        @Override
        public long lengthBytes() {
            return 0;
        }

        @Override
        public OperationKind kind() {
            return OperationKind.INTERRUPT;
        }

        @Override
        public Capability capability() {
            return Capability.INTERRUPT;
        }
    }
}
