package org.dmaengine;

import org.dmaengine.PrepRefusedException.Reason;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** What every prep call checks about memory, whatever the engine (C16). */
final class Memory {
    private Memory() {}

    /** All memory that an operation touches. */
    static List<MemorySegment> segmentsOf(Operation operation) {
        return switch (operation) {
            case Operation.Memcpy copy ->
                    List.of(
                            copy.target().asSlice(copy.targetOffset(), copy.lengthBytes()),
                            copy.source().asSlice(copy.sourceOffset(), copy.lengthBytes()));
            case Operation.Memset(MemorySegment target, byte _) -> List.of(target);
            case Operation.PeripheralSg sg -> sg.segments();
            case Operation.Cyclic(PeripheralConfig _, MemorySegment ring, long _) -> List.of(ring);
            case Operation.Interleaved(InterleavedTemplate template) ->
                    List.of(template.target(), template.source());
            case Operation.Interrupt _, Operation.PeripheralCommand _ -> List.of();
        };
    }

    private static boolean movesBytes(Operation operation) {
        return !(operation instanceof Operation.Interrupt)
                && !(operation instanceof Operation.PeripheralCommand);
    }

    /** The memory that an operation writes. */
    private static List<MemorySegment> targetsOf(Operation operation) {
        return switch (operation) {
            case Operation.Memcpy copy -> List.of(copy.target());
            case Operation.Memset(MemorySegment target, byte _) -> List.of(target);
            case Operation.PeripheralSg sg ->
                    sg.config().direction() == Direction.DEV_TO_MEM ? sg.segments() : List.of();
            case Operation.Cyclic(PeripheralConfig config, MemorySegment ring, long _) ->
                    config.direction() == Direction.DEV_TO_MEM ? List.of(ring) : List.of();
            case Operation.Interleaved(InterleavedTemplate template) -> List.of(template.target());
            case Operation.Interrupt _, Operation.PeripheralCommand _ -> List.of();
        };
    }

    /**
     * Checks ownership, writability, length and alignment of all its memory, and finds the owners.
     *
     * @throws PrepRefusedException with the values and the way out
     */
    static MemoryOwner[] check(Operation operation, EngineDescription engine) {
        for (MemorySegment target : targetsOf(operation)) {
            requireWritable(target);
        }
        long lengthBytes = operation.lengthBytes();
        if (lengthBytes == 0 && movesBytes(operation)) {
            throw new PrepRefusedException(Reason.BOUNDS, "a transfer of 0 bytes moves nothing");
        }
        requireLength(lengthBytes, engine);
        if (!engine.termination().containsKey(operation.kind())) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    "engine '"
                            + engine.name()
                            + "' does not say how "
                            + operation.kind()
                            + " is terminated, and so cannot do it"
                            + (operation.kind() == OperationKind.BLOCKING
                                    ? "; give it another kind of Peripheral than Blocking"
                                    : ""));
        }
        List<MemoryOwner> owners = new ArrayList<>();
        for (MemorySegment segment : segmentsOf(operation)) {
            if (isMemoryOnly(operation)) {
                requireAligned(segment.address(), segment.byteSize(), engine);
            }
            MemoryOwner owner = ownerOf(segment);
            if (!owners.contains(owner)) {
                owners.add(owner);
            }
        }
        requireApart(operation);
        return owners.toArray(MemoryOwner[]::new);
    }

    /** The bounds of one side of a copy. */
    static void requireInside(String side, MemorySegment segment, long offset, long lengthBytes) {
        if (offset < 0 || lengthBytes < 1 || offset > segment.byteSize() - lengthBytes) {
            throw new PrepRefusedException(
                    Reason.BOUNDS,
                    "%d bytes at offset %d do not fit into the %s of %d bytes"
                            .formatted(lengthBytes, offset, side, segment.byteSize()));
        }
    }

    static void requireWritable(MemorySegment target) {
        if (target.isReadOnly()) {
            throw new PrepRefusedException(
                    Reason.DIRECTION, "the target is a read-only segment; give a writable one");
        }
    }

    static void requireLength(long lengthBytes, EngineDescription engine) {
        if (lengthBytes > engine.lengthMaxBytes()) {
            throw new PrepRefusedException(
                    Reason.BOUNDS,
                    "%d bytes are more than the %d that engine '%s' moves at once; split the transfer"
                            .formatted(lengthBytes, engine.lengthMaxBytes(), engine.name()));
        }
    }

    static void requireAligned(long address, long lengthBytes, EngineDescription engine) {
        if (((address | lengthBytes) & (engine.copyAlignBytes() - 1)) != 0) {
            throw new PrepRefusedException(
                    Reason.ALIGNMENT,
                    "address 0x%x and length %d must be multiples of %d for engine '%s'"
                            .formatted(
                                    address, lengthBytes, engine.copyAlignBytes(), engine.name()));
        }
    }

    static void requireApart(long targetAddress, long sourceAddress, long lengthBytes) {
        if (Math.abs(targetAddress - sourceAddress) < lengthBytes) {
            throw new PrepRefusedException(
                    Reason.OVERLAP,
                    "source 0x%x and target 0x%x overlap within %d bytes; copy in two steps"
                            .formatted(sourceAddress, targetAddress, lengthBytes));
        }
    }

    private static void requireApart(Operation operation) {
        switch (operation) {
            case Operation.Memcpy copy ->
                    requireApart(
                            copy.target().address() + copy.targetOffset(),
                            copy.source().address() + copy.sourceOffset(),
                            copy.lengthBytes());
            case Operation.Interleaved(InterleavedTemplate template) -> {
                if (template.target().asOverlappingSlice(template.source()).isPresent()) {
                    throw new PrepRefusedException(
                            Reason.OVERLAP,
                            "source and target of the template overlap; copy in two steps");
                }
            }
            case Operation.Memset _,
                    Operation.PeripheralSg _,
                    Operation.Cyclic _,
                    Operation.PeripheralCommand _,
                    Operation.Interrupt _ -> {}
        }
    }

    private static boolean isMemoryOnly(Operation operation) {
        return switch (operation) {
            case Operation.Memcpy _, Operation.Memset _ -> true;
            case Operation.Interleaved _,
                    Operation.PeripheralSg _,
                    Operation.Cyclic _,
                    Operation.PeripheralCommand _,
                    Operation.Interrupt _ ->
                    false;
        };
    }

    /** The owner of a segment; everything else is refused at the door, with the reason (C16). */
    static MemoryOwner ownerOf(MemorySegment segment) {
        MemoryOwner owner = MemoryOwner.of(segment);
        if (owner != null) {
            return owner;
        }
        requireMappable(segment);
        throw new PrepRefusedException(
                Reason.MEMORY,
                segment.scope().isAlive()
                        ? "the memory is not from a DmaArena, so that nothing would keep it while"
                              + " the engine uses it; allocate it there, or use engine.map(segment)"
                        : "the memory was freed: its arena is closed");
    }

    /** Refuses what no mapping can help. */
    static void requireMappable(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new PrepRefusedException(
                    Reason.MEMORY,
                    "heap memory moves during a garbage collection; allocate it from a DmaArena");
        }
        if (!segment.isAccessibleBy(OTHER_THREAD)) {
            throw new PrepRefusedException(
                    Reason.MEMORY,
                    "the segment is confined to one thread, and engines are other threads; allocate"
                            + " it from a DmaArena or from a shared arena and map it");
        }
    }

    // Never started: only asked about.
    private static final Thread OTHER_THREAD = Thread.ofPlatform().unstarted(() -> {});
}
