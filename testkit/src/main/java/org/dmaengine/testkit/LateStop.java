package org.dmaengine.testkit;

import org.dmaengine.DmaChannel;
import org.dmaengine.Transfer;
import org.dmaengine.TransferCallback;
import org.dmaengine.engine.sim.StopModel;

import java.lang.foreign.MemorySegment;

/**
 * A transfer whose stop comes late, through the path of a completion: on the simulated controller a
 * copy whose stop is acknowledged some time after it was asked for, on others a read that the
 * engine cannot stop.
 */
record LateStop(
        ScenarioBench bench,
        DmaChannel channel,
        Transfer transfer,
        MemorySegment memory,
        ByteFeed feed) {
    private static final long LENGTH_BYTES = 256 << 10;

    /** Before the engine is opened. */
    static void model(ScenarioBench bench, long lateNanos) {
        bench.engine.model(
                any -> any.withStop(StopModel.ACKNOWLEDGED, lateNanos).withBandwidth(50, 512));
        HeldRead.layerStubborn(bench);
    }

    static LateStop of(ScenarioBench bench, DmaChannel channel, TransferCallback callback) {
        if (bench.isSimulated()) {
            ScenarioCopy copy = bench.transfers.copy(channel, LENGTH_BYTES, callback);
            bench.clock.await(
                    copy.transfer() + " to move bytes",
                    () ->
                            copy.target().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0)
                                    == DmaPattern.copied(0));
            return new LateStop(
                    bench, channel, copy.transfer(), copy.target(), new ByteFeed.Blocking());
        }
        HeldRead held =
                HeldRead.stubborn(bench, channel, bench.memory.target(HeldRead.BYTES), callback);
        return new LateStop(bench, channel, held.transfer(), held.memory(), held.feed());
    }

    /** Once the stop was asked for, and not before, lets it come. */
    void acknowledge(Party<?> terminating) {
        if (bench.isSimulated()) {
            return;
        }
        terminating.awaitWaiting();
        bench.clock.aWhile();
        if (terminating.isDone()) {
            throw new AssertionError("returned before the stop was acknowledged");
        }
        if (transfer.result().isPresent()) {
            throw new AssertionError(transfer + " had ended before: its stop was not late");
        }
        feed.supply(HeldRead.BYTES);
    }

    /** True if bytes moved after the stop was asked for. */
    boolean movedAfterAbort(Touches touches) {
        return bench.isSimulated()
                ? touches.afterAbort(channel.name()) > 0
                : transfer.result().orElseThrow().bytes() > 0;
    }
}
