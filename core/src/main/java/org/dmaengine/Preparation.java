package org.dmaengine;

import org.dmaengine.PrepRefusedException.Reason;
import org.dmaengine.spi.ChannelBackend;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;

/**
 * Step 3 of the kernel's client guide for one channel: everything that can be refused is refused
 * here, before anything is queued. Takes no lock.
 */
final class Preparation {
    private final String channel;
    private final EngineDescription engine;
    private final Set<Capability> capabilities;
    private final boolean canCopy;
    private final ChannelBackend backend;
    private final PeripheralAccess peripherals = new PeripheralAccess();

    // The last owners found, for the hot path. Volatile, and immutable inside: any thread may
    // replace it.
    private volatile @Nullable OwnerHint ownerHint;
    // One for each direction: who echoes reads and writes in turn.
    private volatile @Nullable AccessHint readHint;
    private volatile @Nullable AccessHint writeHint;

    /** Two scopes and their owners. */
    private static final class OwnerHint {
        final MemorySegment.Scope target;
        final MemorySegment.Scope source;
        final MemoryOwner[] owners;

        OwnerHint(MemorySegment target, MemorySegment source) {
            this.target = target.scope();
            this.source = source.scope();
            MemoryOwner ofTarget = Memory.ownerOf(target);
            MemoryOwner ofSource = Memory.ownerOf(source);
            // Each of them is asked with every copy.
            this.owners =
                    ofTarget.equals(ofSource)
                            ? new MemoryOwner[] {ofTarget}
                            : new MemoryOwner[] {ofTarget, ofSource};
        }

        @SuppressWarnings("ReferenceEquality") // A miss by identity only costs a look-up.
        boolean fits(MemorySegment otherTarget, MemorySegment otherSource) {
            return target == otherTarget.scope() && source == otherSource.scope();
        }
    }

    /** A configuration that was found to be good for the engine, and the owner of a scope. */
    private static final class AccessHint {
        final PeripheralConfig config;
        final MemorySegment.Scope scope;
        final MemoryOwner[] owners;
        final boolean isFile;

        AccessHint(PeripheralConfig config, MemorySegment segment, MemoryOwner[] owners) {
            this.config = config;
            this.scope = segment.scope();
            this.owners = owners;
            this.isFile = config.peripheral() instanceof Peripheral.File;
        }

        @SuppressWarnings("ReferenceEquality") // As above.
        boolean fits(PeripheralConfig otherConfig, MemorySegment segment) {
            return config == otherConfig && scope == segment.scope();
        }
    }

    Preparation(
            String channel,
            EngineDescription engine,
            Set<Capability> capabilities,
            ChannelBackend backend) {
        this.channel = channel;
        this.engine = engine;
        this.capabilities = capabilities;
        this.canCopy = capabilities.contains(Capability.MEMCPY);
        this.backend = backend;
    }

    /** A copy of all of the source to the start of the target. */
    static Operation copyOf(MemorySegment target, MemorySegment source) {
        long lengthBytes = source.byteSize();
        Memory.requireInside("target", target, 0, lengthBytes);
        return new Operation.Memcpy().set(target, 0, source, 0, lengthBytes);
    }

    Descriptor prep(
            VirtualChannel owner,
            Generation generation,
            Operation operation,
            @Nullable PeriodCallback onPeriod,
            Flag... flags) {
        requireCapability(operation.capability());
        int mask = Flag.maskOf(flags);
        if (onPeriod != null && !Flag.INTERRUPT.in(mask)) {
            throw new PrepRefusedException(
                    Reason.FLAGS, "period callbacks need the flag INTERRUPT; add it");
        }
        MemoryOwner[] owners = Memory.check(operation, engine);
        peripherals.check(operation);
        backend.prepare(operation);
        return new Descriptor(owner, operation, mask, generation, owners, onPeriod);
    }

    /** Checks a copy without a descriptor, and finds the owners of its memory. */
    MemoryOwner[] checkCopy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes) {
        if (!canCopy) {
            requireCapability(Capability.MEMCPY);
        }
        Memory.requireInside("target", target, targetOffset, lengthBytes);
        Memory.requireInside("source", source, sourceOffset, lengthBytes);
        Memory.requireWritable(target);
        Memory.requireLength(lengthBytes, engine);
        OwnerHint hint = ownerHint;
        if (hint == null || !hint.fits(target, source)) {
            hint = new OwnerHint(target, source);
            ownerHint = hint;
        }
        long targetAddress = target.address() + targetOffset;
        long sourceAddress = source.address() + sourceOffset;
        Memory.requireApart(targetAddress, sourceAddress, lengthBytes);
        Memory.requireAligned(targetAddress | sourceAddress, lengthBytes, engine);
        return hint.owners;
    }

    /** Checks an access without a descriptor, and finds the owner of its memory. */
    MemoryOwner[] checkAccess(PeripheralConfig config, long offsetBytes, MemorySegment segment) {
        boolean reading = config.direction() == Direction.DEV_TO_MEM;
        AccessHint hint = reading ? readHint : writeHint;
        if (hint == null || !hint.fits(config, segment)) {
            Operation whole = new Operation.PeripheralSg(config, List.of(segment));
            requireCapability(whole.capability());
            MemoryOwner[] owners = Memory.check(whole, engine);
            peripherals.check(whole);
            backend.prepare(whole);
            hint = new AccessHint(config, segment, owners);
            if (reading) {
                readHint = hint;
            } else {
                writeHint = hint;
            }
        }
        long lengthBytes = segment.byteSize();
        if (lengthBytes == 0 || offsetBytes < 0 || (offsetBytes > 0 && !hint.isFile)) {
            throw new PrepRefusedException(
                    Reason.BOUNDS,
                    "%d bytes at offset %d of %s cannot be moved"
                            .formatted(lengthBytes, offsetBytes, config.peripheral()));
        }
        PeripheralAccess.requireOffset(offsetBytes, lengthBytes);
        Memory.requireLength(lengthBytes, engine);
        if (reading) {
            Memory.requireWritable(segment);
        }
        return hint.owners;
    }

    private void requireCapability(Capability needed) {
        if (!capabilities.contains(needed)) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY,
                    "channel '"
                            + channel
                            + "' was requested with "
                            + capabilities
                            + " and not with "
                            + needed
                            + (engine.capabilities().contains(needed)
                                    ? "; request it with that too"
                                    : ", which engine '" + engine.name() + "' lacks"));
        }
    }
}
