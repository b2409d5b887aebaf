package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Validate;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Closing memory against submitting transfers that use it: it is freed once, never while a transfer
 * may touch it, and no transfer begins afterwards (C16).
 */
public final class MemoryOwnerSpec {
    private final HeldEngine engine = new HeldEngine();
    private final ParkingLot scheduler = new ParkingLot();
    private final VirtualChannel channel = engine.request(2, scheduler, fault -> {}, Runnable::run);

    private final MemoryOwner owner =
            new MemoryOwner("the spec's arena", Arena.ofAuto().scope(), this::free);

    // Guarded by this.
    private final List<Transfer> transfers = new ArrayList<>();
    private int freed;

    /** The owner looks through all channels of the process: this one is taken out at the end. */
    public MemoryOwnerSpec() {
        ChannelRegistry.add(channel);
    }

    public void submit() {
        Descriptor plain = channel.prepInterrupt();
        Descriptor using =
                new Descriptor(
                        channel,
                        plain.operation(),
                        plain.flags,
                        plain.generation,
                        new MemoryOwner[] {owner},
                        null);
        Transfer transfer;
        try {
            transfer = channel.submit(using);
        } catch (IllegalStateException | DmaException refused) {
            return;
        }
        synchronized (this) {
            transfers.add(transfer);
        }
        channel.issuePending();
    }

    public void take() {
        engine.take();
    }

    public void complete() {
        engine.end(Outcome.COMPLETE);
    }

    public void takeAndComplete() {
        take();
        complete();
    }

    public void close() {
        close(new ClosePolicy.Fail());
    }

    /** Waits for an engine that some thread of the program must be. */
    public void closeAfterDrain() {
        close(new ClosePolicy.Drain());
    }

    /** Gives up at once where the engine has it: the last proof frees it then. */
    public void closeOrWithhold() {
        close(new ClosePolicy.TerminateThenDrain(Duration.ZERO));
    }

    private void close(ClosePolicy policy) {
        try {
            owner.close(policy);
        } catch (BuffersInFlightException | IllegalStateException refused) {
            return;
        }
        ChannelSpec.require(wasFreed(), "closed, and not freed");
    }

    /** Is the thread that sweeps the quarantine after a late proof. */
    public void sweep() {
        scheduler.runStarted();
    }

    /** Called by the owner, once. */
    private void free() {
        boolean used = !ChannelRegistry.usersOf(owner).isEmpty();
        synchronized (this) {
            freed++;
        }
        ChannelSpec.require(!used, "freed in flight (C16)");
        ChannelSpec.require(!owner.isOpen(), "open while it is freed (C16)");
    }

    private synchronized boolean wasFreed() {
        return freed == 1;
    }

    @Validate
    public void validate() {
        try {
            requireOrder();
        } finally {
            ChannelRegistry.remove(channel);
        }
    }

    private void requireOrder() {
        for (Transfer each : transfers) {
            ChannelSpec.require(
                    freed == 0 || each.result().isPresent(), "freed, and then used (C16)");
        }
        engine.finish();
        scheduler.runAllStarted();
        ChannelSpec.require(Quarantine.withheldArenas() == 0, "withheld after the last proof");
        if (freed == 0) {
            owner.close(new ClosePolicy.Fail());
        }
        ChannelSpec.require(freed == 1, "freed twice, or never");
    }
}
