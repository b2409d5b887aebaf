package org.dmaengine;

import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Optional;

/**
 * One run of a descriptor inside the channel: what the client prepared, and where it stands. It
 * stays in its slot of the ring and serves one run after the other; no client ever holds one, and
 * engines tell runs apart by their ticket. While it is FREE its fields belong to the channel's
 * submit lock, after that to the channel's lock, unless they say otherwise.
 */
final class TransferNode implements IssuedTransfer {
    /** Where it stands; the arrows are in {@link VirtualChannel}. */
    enum State {
        FREE,
        SUBMITTED,
        STARTED,
        ENDED
    }

    /** Where its callback stands. */
    enum Claim {
        IDLE,
        QUEUED,
        CLAIMED
    }

    private static final MemoryOwner[] NO_OWNERS = new MemoryOwner[0];
    private static final VarHandle PROGRESS;

    static {
        try {
            PROGRESS =
                    MethodHandles.lookup()
                            .findVarHandle(TransferNode.class, "progress", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final VirtualChannel channel;

    // For tryMemcpy, which has no descriptor; refilled for each run.
    private final Operation.Memcpy ownCopy = new Operation.Memcpy();

    // The same for tryPeripheral; made when it is first used.
    private Operation.@Nullable PeripheralSg ownAccess;
    private @Nullable OneSegment ownSegment;

    // What to do: written by arm, constant until retired.
    private Operation operation = ownCopy;
    int flags;
    MemoryOwner[] owners = NO_OWNERS;
    private @Nullable Generation generation;
    @Nullable TransferCallback onComplete;
    @Nullable CookieCallback onCookie;
    @Nullable PeriodCallback onPeriod;
    @Nullable Transfer transfer;
    long lengthBytes;

    State state = State.FREE;
    long cookie;
    boolean started;
    boolean acknowledged;

    // Written by the engine's thread, opaque; read by status, opaque. Only ever a hint: the end
    // counts.
    @SuppressWarnings("unused") // Through PROGRESS.
    private long progress;

    @Nullable Outcome outcome;
    long bytes;
    @Nullable TransferError error;

    Claim claim = Claim.IDLE;
    boolean completionClaimed;
    boolean callbackRan;
    @Nullable TransferNode nextCallback;

    // Cyclic: periods that elapsed, and periods whose event was delivered or missed. The engine
    // owns the rest.
    long signalled;
    long delivered;
    boolean held;
    @Nullable PeriodEvent claimedEvent;

    TransferNode(VirtualChannel channel) {
        this.channel = channel;
    }

    /** FREE to SUBMITTED, for a descriptor. */
    void arm(Descriptor descriptor, @Nullable Transfer handle) {
        operation = descriptor.operation();
        lengthBytes = descriptor.lengthBytes;
        onComplete = descriptor.onComplete;
        onPeriod = descriptor.onPeriod;
        arm(descriptor.flags, descriptor.generation, descriptor.owners, null, handle);
    }

    /** FREE to SUBMITTED, for a copy without a descriptor. */
    void armCopy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long copyBytes,
            MemoryOwner[] itsOwners,
            Generation itsGeneration,
            @Nullable CookieCallback callback) {
        operation = ownCopy.set(target, targetOffset, source, sourceOffset, copyBytes);
        lengthBytes = copyBytes;
        onComplete = null;
        onPeriod = null;
        arm(Flag.USUAL_MASK, itsGeneration, itsOwners, callback, null);
    }

    /** FREE to SUBMITTED, for an access to a peripheral without a descriptor. */
    void armAccess(
            PeripheralConfig config,
            long offsetBytes,
            MemorySegment segment,
            MemoryOwner[] itsOwners,
            Generation itsGeneration,
            @Nullable CookieCallback callback) {
        OneSegment list = ownSegment;
        Operation.PeripheralSg access = ownAccess;
        if (list == null || access == null) {
            list = new OneSegment();
            access = new Operation.PeripheralSg(config, list);
            ownSegment = list;
            ownAccess = access;
        }
        list.put(segment);
        lengthBytes = segment.byteSize();
        access.set(config, offsetBytes, lengthBytes);
        operation = access;
        onComplete = null;
        onPeriod = null;
        arm(Flag.USUAL_MASK, itsGeneration, itsOwners, callback, null);
    }

    private void arm(
            int itsFlags,
            Generation itsGeneration,
            MemoryOwner[] itsOwners,
            @Nullable CookieCallback callback,
            @Nullable Transfer handle) {
        flags = itsFlags;
        generation = itsGeneration;
        owners = itsOwners;
        onCookie = callback;
        transfer = handle;
        started = false;
        acknowledged = Flag.ACK.in(itsFlags);
        PROGRESS.setOpaque(this, 0L);
        outcome = null;
        bytes = 0;
        error = null;
        claim = Claim.IDLE;
        completionClaimed = false;
        callbackRan = false;
        signalled = 0;
        delivered = 0;
        held = false;
        claimedEvent = null;
    }

    /** To ENDED, for a plain copy whose end had no node yet. */
    void complete() {
        started = true;
        state = State.ENDED;
        outcome = Outcome.COMPLETE;
        bytes = lengthBytes;
    }

    /** ENDED to FREE: over, and let go. What a client might hold on to is forgotten. */
    void free() {
        state = State.FREE;
        transfer = null;
        onComplete = null;
        onCookie = null;
        onPeriod = null;
    }

    Generation generation() {
        Generation known = generation;
        assert known != null : "not armed";
        return known;
    }

    boolean isCyclic() {
        return operation instanceof Operation.Cyclic;
    }

    /** Ended, and nothing of its callback left to run. */
    boolean isSettled() {
        return state == State.ENDED && claim == Claim.IDLE;
    }

    boolean wantsCompletionCallback() {
        return onComplete != null || onCookie != null;
    }

    boolean hasCompletionToTell() {
        return wantsCompletionCallback() && !completionClaimed;
    }

    boolean hasPeriodToTell() {
        return onPeriod != null && signalled > delivered;
    }

    /** The oldest period whose content is still there; those before it are counted as missed. */
    PeriodEvent nextEvent() {
        Operation.Cyclic cyclic = (Operation.Cyclic) operation;
        // A free-running engine is filling one period now, so that one fewer is intact.
        long intact = cyclic.config().holdBack() ? cyclic.periods() : cyclic.periods() - 1;
        long missed = Math.max(0, signalled - delivered - Math.max(1, intact));
        long oldest = delivered + missed;
        PeriodEvent event =
                new PeriodEvent(
                        cookie,
                        oldest,
                        oldest % cyclic.periods() * cyclic.periodBytes(),
                        cyclic.periodBytes(),
                        missed);
        delivered = oldest;
        return event;
    }

    boolean uses(MemoryOwner owner) {
        for (MemoryOwner mine : owners) {
            if (mine == owner) {
                return true;
            }
        }
        return false;
    }

    /** Bytes moved as far as the engine has told, within the length. */
    long progressBytes() {
        long told = (long) PROGRESS.getOpaque(this);
        return isCyclic() ? Math.max(0, told) : Math.clamp(told, 0, lengthBytes);
    }

    long residueBytes() {
        return residueBytes(state == State.ENDED ? bytes : progressBytes());
    }

    /** The same once so many bytes are done. */
    long residueBytes(long moved) {
        if (!isCyclic()) {
            return lengthBytes - moved;
        }
        long ofLast = moved % lengthBytes;
        return ofLast == 0 && moved > 0 ? 0 : lengthBytes - ofLast;
    }

    Outcome outcome() {
        Outcome known = outcome;
        assert known != null : "no outcome yet";
        return known;
    }

    TransferResult result() {
        return resultOf(outcome(), bytes, error);
    }

    /** What its handle will tell if it ends so; null if it has none. */
    @Nullable TransferResult resultIf(
            Outcome itsOutcome, long itsBytes, @Nullable TransferError itsError) {
        return transfer == null ? null : resultOf(itsOutcome, itsBytes, itsError);
    }

    private TransferResult resultOf(
            Outcome itsOutcome, long itsBytes, @Nullable TransferError itsError) {
        return new TransferResult(
                cookie,
                itsOutcome,
                itsBytes,
                residueBytes(itsBytes),
                Optional.ofNullable(itsError));
    }

    OwnedTransfer owned() {
        return new OwnedTransfer(
                channel.name(), cookie, operation.kind(), state == State.STARTED, buffers());
    }

    List<MemorySegment> buffers() {
        return Memory.segmentsOf(operation);
    }

    // IssuedTransfer, for the engine.

    @Override
    public long ticket() {
        return cookie;
    }

    @Override
    public Operation operation() {
        return operation;
    }

    @Override
    public long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public boolean stopRequested() {
        return generation().closed;
    }

    @Override
    public void progress(long bytesMoved) {
        PROGRESS.setOpaque(this, bytesMoved);
    }

    @Override
    public boolean mayStartPeriod() {
        return channel.claims.mayStartPeriod(this);
    }

    @Override
    public void periodElapsed() {
        channel.claims.periodElapsed(this);
    }

    @Override
    public String toString() {
        return operation.kind() + " with cookie " + cookie + " (" + state + ")";
    }
}
