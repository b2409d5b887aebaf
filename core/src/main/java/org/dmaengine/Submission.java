package org.dmaengine;

import org.dmaengine.PrepRefusedException.Reason;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * The clients' end of a channel: what takes the submit lock, and gives cookies out (C1, C15). Any
 * thread may call.
 */
final class Submission {
    private final VirtualChannel channel;
    private final SubmitLock submitLock;
    private final TransferRing ring;

    // Guarded by the submit lock: the youngest cookie that has a Transfer.
    private long newestHandle;

    Submission(VirtualChannel channel) {
        this.channel = channel;
        this.submitLock = channel.submitLock;
        this.ring = channel.ring;
    }

    /** Under the submit lock. */
    long newestHandle() {
        return newestHandle;
    }

    void setCallback(Descriptor descriptor, TransferCallback callback) {
        if (!Flag.INTERRUPT.in(descriptor.flags)) {
            throw new PrepRefusedException(
                    Reason.FLAGS,
                    "the descriptor was prepared without INTERRUPT, so that its callback would"
                            + " never run; add the flag");
        }
        submitLock.lock();
        try {
            requirePrepared(descriptor);
            descriptor.onComplete = callback;
        } finally {
            submitLock.unlock();
        }
    }

    void rearm(Descriptor descriptor) {
        if (!descriptor.isReusable()) {
            throw new IllegalStateException(
                    "only descriptors prepared with REUSE can be re-armed; prepare a new one");
        }
        submitLock.lock();
        try {
            requirePrepared(descriptor);
            descriptor.generation = channel.generation;
        } finally {
            submitLock.unlock();
        }
    }

    /** Never submitted, or reusable and its last run has an outcome. */
    private void requirePrepared(Descriptor descriptor) {
        if (descriptor.cookie == 0) {
            return;
        }
        if (!descriptor.isReusable() || !channel.status.hasEnded(descriptor.cookie)) {
            throw new IllegalStateException(
                    "the descriptor was submitted with cookie "
                            + descriptor.cookie
                            + " on channel '"
                            + channel.name()
                            + "'; "
                            + (descriptor.isReusable()
                                    ? "wait until its transfer has an outcome"
                                    : "prepare a new one, or prepare it with REUSE"));
        }
    }

    /** The cookie, or 0 if the queue is full. */
    long submit(Descriptor descriptor, @Nullable Transfer transfer) {
        if (descriptor.channel != channel) {
            throw new IllegalStateException(
                    "the descriptor was prepared on channel '"
                            + descriptor.channel.name()
                            + "' and cannot be submitted to '"
                            + channel.name()
                            + "'");
        }
        submitLock.lock();
        try {
            channel.requireUsable();
            requirePrepared(descriptor);
            if (descriptor.generation != channel.generation) {
                throw new StaleDescriptorException(channel.name(), descriptor.isReusable());
            }
            requireOwnersOpen(descriptor.owners);
            if (!makeRoom()) {
                return 0;
            }
            TransferNode node = ring.free();
            node.arm(descriptor, transfer);
            descriptor.cookie = ring.tailAcquire();
            if (transfer != null) {
                transfer.setCookie(descriptor.cookie);
                newestHandle = descriptor.cookie;
            }
            return ring.add(node);
        } finally {
            submitLock.unlock();
        }
    }

    /** Under the submit lock. False if the queue is full (P10). */
    private boolean makeRoom() {
        if (ring.hasPlace()) {
            return true;
        }
        if (isFull()) {
            return false;
        }
        if (ring.needsToGrow()) {
            synchronized (channel.lock) {
                ring.grow();
            }
        }
        return true;
    }

    private boolean isFull() {
        if (!ring.isFull()) {
            return false;
        }
        // What was withdrawn may have the places, or what has just ended: its client may know the
        // outcome already, and come back before the place does.
        if (ring.isAnyEndedAhead()) {
            synchronized (channel.lock) {
                channel.endings.abortWithdrawn();
            }
        }
        // Once more in any case: the places come back before the count falls.
        return ring.isFull();
    }

    long memcpy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes,
            @Nullable CookieCallback callback) {
        MemoryOwner[] owners =
                channel.preparation.checkCopy(
                        target, targetOffset, source, sourceOffset, lengthBytes);
        submitLock.lock();
        try {
            channel.requireUsable();
            requireOwnersOpen(owners);
            if (!makeRoom()) {
                return 0;
            }
            if (CopySlots.fit(targetOffset, lengthBytes)) {
                return ring.addCopy(
                        target, targetOffset, source, sourceOffset, lengthBytes, owners, callback);
            }
            TransferNode node = ring.free();
            node.armCopy(
                    target,
                    targetOffset,
                    source,
                    sourceOffset,
                    lengthBytes,
                    owners,
                    channel.generation,
                    callback);
            return ring.add(node);
        } finally {
            submitLock.unlock();
        }
    }

    long access(
            PeripheralConfig given,
            long offsetBytes,
            MemorySegment segment,
            @Nullable CookieCallback callback) {
        MemoryOwner[] owners = channel.preparation.checkAccess(given, offsetBytes, segment);
        submitLock.lock();
        try {
            channel.requireUsable();
            requireOwnersOpen(owners);
            if (!makeRoom()) {
                return 0;
            }
            TransferNode node = ring.free();
            node.armAccess(given, offsetBytes, segment, owners, channel.generation, callback);
            return ring.add(node);
        } finally {
            submitLock.unlock();
        }
    }

    private static void requireOwnersOpen(MemoryOwner[] owners) {
        for (MemoryOwner owner : owners) {
            if (!owner.isOpen()) {
                throw new IllegalStateException(
                        owner.name() + " of the transfer's memory is closed or being closed");
            }
        }
    }

    /** Lets the engine have all that was submitted; false if there is nobody to have it. */
    boolean issue() {
        submitLock.lock();
        try {
            if (!channel.closing.isOpen()) {
                return false;
            }
            ring.issueAll();
        } finally {
            submitLock.unlock();
        }
        return !channel.loss.isLost();
    }
}
