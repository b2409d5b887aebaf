package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.EngineDescription;
import org.dmaengine.Flag;
import org.dmaengine.OperationKind;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Termination;
import org.dmaengine.Transfer;
import org.dmaengine.TransferCallback;
import org.dmaengine.engine.sim.StopModel;
import org.dmaengine.spi.EngineProvider.Probe;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A read that the engine has begun, and that waits for bytes which only the scenario supplies. */
final class HeldRead implements AutoCloseable {
    static final long BYTES = 4096;

    private final ScenarioBench bench;
    private final DmaChannel channel;
    private final MemorySegment memory;
    private final ByteFeed feed;
    private final Transfer transfer;
    private final OperationKind kind;
    private long suppliedBytes;

    private HeldRead(
            ScenarioBench bench,
            DmaChannel channel,
            MemorySegment memory,
            ByteFeed feed,
            TransferCallback callback) {
        this.bench = bench;
        this.channel = channel;
        this.memory = memory;
        this.feed = feed;
        this.kind = feed.peripheral().kind();
        PeripheralConfig config = PeripheralConfig.read(feed.peripheral());
        this.transfer =
                channel.submit(
                        channel.prepPeripheralSg(config, List.of(memory), flags(bench))
                                .onComplete(callback));
    }

    /** What is queued behind it stays there, on engines that complete out of order too. */
    private static Flag[] flags(ScenarioBench bench) {
        return bench.engine.can(Capability.COMPLETION_NO_ORDER)
                ? new Flag[] {Flag.INTERRUPT, Flag.ACK, Flag.FENCE}
                : new Flag[] {Flag.INTERRUPT, Flag.ACK};
    }

    /** One on a channel of its own. It stops as the engine declares. */
    static HeldRead open(ScenarioBench bench) {
        return open(bench, bench.channels.open(), result -> {});
    }

    /** One on this channel. */
    static HeldRead open(ScenarioBench bench, DmaChannel channel, TransferCallback callback) {
        return open(bench, channel, bench.memory.target(BYTES), callback);
    }

    /** One into this memory. */
    static HeldRead open(
            ScenarioBench bench,
            DmaChannel channel,
            MemorySegment memory,
            TransferCallback callback) {
        HeldRead held = submitted(bench, channel, memory, callback);
        held.start();
        return held;
    }

    /** The same, not issued. */
    static HeldRead submitted(
            ScenarioBench bench,
            DmaChannel channel,
            MemorySegment memory,
            TransferCallback callback) {
        bench.engine.assumeCan(Capability.PERIPHERAL);
        assumeTrue(bench.engine.row(OperationKind.STREAM) != null, "the engine reads no streams");
        return bench.closing(new HeldRead(bench, channel, memory, bench.feed(), callback));
    }

    /** How the engine must be for {@link #stubborn}; before it is opened. */
    static void modelStubborn(ScenarioBench bench) {
        bench.engine.model(any -> any.withStop(StopModel.DRAIN_ONLY, 0));
        layerStubborn(bench);
    }

    /** The same, for scenarios that have a model of their own for the simulated controller. */
    static void layerStubborn(ScenarioBench bench) {
        if (stopsAll(bench)) {
            bench.engine.layer(Unstoppable::new);
        }
    }

    /** True if the engine is a real one, and stops every read when it is told to. */
    static boolean stopsAll(ScenarioBench bench) {
        return !bench.isSimulated()
                && bench.engine.provider().probe()
                        instanceof Probe.Available(EngineDescription engine)
                && !drains(engine.termination().get(OperationKind.STREAM))
                && !drains(engine.termination().get(OperationKind.BLOCKING));
    }

    /** One that goes on after a termination, until it gets its bytes. */
    static HeldRead stubborn(
            ScenarioBench bench,
            DmaChannel channel,
            MemorySegment memory,
            TransferCallback callback) {
        bench.engine.assumeCan(Capability.PERIPHERAL);
        boolean byStream = drains(bench.engine.row(OperationKind.STREAM));
        assumeTrue(
                byStream || drains(bench.engine.row(OperationKind.BLOCKING)),
                "the engine has neither streams nor blocking reads to hold");
        ByteFeed feed = byStream ? bench.feed() : bench.closing(new ByteFeed.Blocking());
        HeldRead held = bench.closing(new HeldRead(bench, channel, memory, feed, callback));
        held.start();
        return held;
    }

    private static boolean drains(@Nullable Termination row) {
        return row != null && row.effect() == AbortEffect.DRAIN_ONLY;
    }

    private void start() {
        bench.parties.runWithin("issuePending()", channel::issuePending);
        bench.clock.await(transfer + " to be on the engine", () -> isHeld() && feed.isAwaited());
    }

    DmaChannel channel() {
        return channel;
    }

    MemorySegment memory() {
        return memory;
    }

    Transfer transfer() {
        return transfer;
    }

    ByteFeed feed() {
        return feed;
    }

    /** The row of the honesty table that it falls under. */
    Termination row() {
        return bench.engine.declared(kind);
    }

    /** True while the engine has it. */
    boolean isHeld() {
        return transfer.result().isEmpty() && channel.status(transfer.cookie()).inFlightBytes() > 0;
    }

    void supply(long bytes) {
        suppliedBytes += bytes;
        feed.supply(bytes);
    }

    /** Gives it so many bytes, and waits until they are in memory. */
    void feed(long bytes) {
        supply(bytes);
        long last = suppliedBytes - 1;
        bench.clock.await(
                "byte " + last + " of " + transfer,
                () ->
                        transfer.result().isPresent()
                                || memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, last)
                                        == (byte) last);
    }

    /** Gives it all that is missing. */
    void finish() {
        if (suppliedBytes < BYTES) {
            supply(BYTES - suppliedBytes);
        }
    }

    /** After a termination: helps it to its end where the engine does not stop it. */
    void letStop() {
        if (row().effect() != AbortEffect.AT_ONCE
                && !(bench.isSimulated() && row().effect() == AbortEffect.CHUNK_BOUNDARY)) {
            finish();
        }
    }

    /** The bytes that it says it moved are there. */
    void check() {
        long bytes = transfer.result().orElseThrow().bytes();
        ByteFeed.check(transfer.toString(), memory, 0, bytes, 0);
    }

    @Override
    public void close() {
        if (transfer.result().isEmpty()) {
            channel.terminateAsync();
            finish();
            bench.clock.becomes(() -> transfer.result().isPresent());
        }
    }
}
