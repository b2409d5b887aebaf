package org.dmaengine.testkit;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.OperationKind;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A transfer inside a call that nobody but the test can end. */
final class BlockedTransfer {
    static final long BYTES = 16 << 10;

    private final DmaChannel channel;
    private final MemorySegment target;
    private final Transfer transfer;
    private final GatedChannel gate;

    private BlockedTransfer(
            DmaChannel channel, MemorySegment target, Transfer transfer, GatedChannel gate) {
        this.channel = channel;
        this.target = target;
        this.transfer = transfer;
        this.gate = gate;
    }

    /** Reads into memory of the bench. */
    static BlockedTransfer open(TestBench bench) {
        bench.assumeCan(Capability.PERIPHERAL);
        return open(bench, bench.target(BYTES));
    }

    static BlockedTransfer open(TestBench bench, MemorySegment target) {
        bench.assumeCan(Capability.PERIPHERAL);
        bench.assumeRow(OperationKind.BLOCKING);
        DmaChannel channel = bench.channel();
        GatedChannel gate = bench.closing(new GatedChannel());
        Transfer transfer =
                channel.submit(
                        channel.prepPeripheralSg(
                                PeripheralConfig.read(new Peripheral.Blocking(gate)),
                                List.of(target)));
        channel.issuePending();
        bench.waits().eventually(transfer + " to be blocked", gate::isBlocked);
        return new BlockedTransfer(channel, target, transfer, gate);
    }

    DmaChannel channel() {
        return channel;
    }

    MemorySegment target() {
        return target;
    }

    Transfer transfer() {
        return transfer;
    }

    GatedChannel gate() {
        return gate;
    }
}
