package org.dmaengine;

import org.dmaengine.spi.Scheduler;

import java.util.List;
import java.util.Optional;

/**
 * What the edges start from. The actors play engine and callback runner themselves, so that no lock
 * of a fake stands in for one of core's.
 */
final class EdgeChannel {
    static final TransferResult RESULT =
            new TransferResult(1, Outcome.COMPLETE, 0, 0, Optional.empty());
    private static final int MANY = 1 << 16;

    private EdgeChannel() {}

    static EngineLostException lost() {
        return new EngineLostException(
                new StillOwned(
                        new Receipt("edge", List.of(), 0, Optional.empty()),
                        List.of(),
                        Optional.empty(),
                        "the edge"),
                null);
    }

    /** Nothing submitted; room for one. */
    static VirtualChannel open() {
        return new HeldEngine().request(1, Scheduler.system(), fault -> {}, runner -> {});
    }

    /** Cookie 1 is on the engine. */
    static VirtualChannel withOneTaken() {
        VirtualChannel channel = open();
        take(channel);
        return channel;
    }

    /** Cookie 1 is on the engine, and its generation is closed. */
    static VirtualChannel withOneTerminated() {
        VirtualChannel channel = withOneTaken();
        channel.terminateAsync();
        return channel;
    }

    /** Cookie 1 is on the engine, and keeps its place until it is acknowledged. */
    static VirtualChannel withUnacknowledgedTaken() {
        VirtualChannel channel = open();
        channel.trySubmit(channel.prepInterrupt(Flag.INTERRUPT));
        channel.issuePending();
        channel.engineSide.next();
        return channel;
    }

    /** Cookie 1 is on the engine, and has a callback. */
    static VirtualChannel withCallbackTaken() {
        VirtualChannel channel = open();
        channel.trySubmit(channel.prepInterrupt().onComplete(result -> {}));
        channel.issuePending();
        channel.engineSide.next();
        return channel;
    }

    static TransferNode take(VirtualChannel channel) {
        channel.trySubmit(channel.prepInterrupt());
        channel.issuePending();
        return (TransferNode) channel.engineSide.next();
    }

    /** The engine ends cookie 1. */
    static void complete(VirtualChannel channel) {
        channel.engineSide.end(1, Outcome.COMPLETE, 0);
    }

    /** The engine stopped cookie 1. */
    static void abort(VirtualChannel channel) {
        channel.engineSide.end(1, Outcome.ABORTED, 0);
    }

    /** One that owners of memory find, for many transfers. */
    static VirtualChannel registered() {
        VirtualChannel channel =
                new HeldEngine().request(MANY, Scheduler.system(), fault -> {}, runner -> {});
        ChannelRegistry.add(channel);
        return channel;
    }

    static Descriptor using(VirtualChannel channel, MemoryOwner owner) {
        Descriptor plain = channel.prepInterrupt();
        return new Descriptor(
                channel,
                plain.operation(),
                plain.flags,
                plain.generation,
                new MemoryOwner[] {owner},
                null);
    }

    static void endAll(VirtualChannel channel) {
        channel.issuePending();
        for (TransferNode node = next(channel); node != null; node = next(channel)) {
            channel.engineSide.end(node.cookie, Outcome.COMPLETE, 0);
        }
    }

    private static TransferNode next(VirtualChannel channel) {
        return (TransferNode) channel.engineSide.next();
    }

    /** A ring with free nodes. */
    static TransferRing ring() {
        TransferRing ring = new TransferRing(null, 1);
        ring.grow();
        return ring;
    }

    /** A node for a copy of some bytes. */
    static TransferNode copyOf(long lengthBytes) {
        TransferNode node = new TransferNode(null);
        node.lengthBytes = lengthBytes;
        return node;
    }
}
