package org.dmaengine.cli;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** One read or write of a {@link StreamBatch}. */
final class StreamPiece implements Piece {
    private final StreamBatch batch;
    private final Scatter memory;
    private final int index;
    // Where it begins if all before it are whole; of a write, what it holds.
    private final long position;
    private final long lengthBytes;
    // Volatile: written by the test, read by the far end.
    private volatile @Nullable Transfer transfer;
    private long movedBytes;

    StreamPiece(StreamBatch batch, Scatter memory, int index, long position) {
        this.batch = batch;
        this.memory = memory;
        this.index = index;
        this.position = position;
        this.lengthBytes = memory.lengthBytes();
        if (batch.isReading()) {
            memory.fillAsTarget();
        } else {
            memory.fillAsSource(position);
        }
    }

    @Override
    public Descriptor prep(DmaChannel channel) {
        Peripheral stream = new Peripheral.Stream(batch.connection().near());
        return channel.prepPeripheralSg(
                batch.isReading() ? PeripheralConfig.read(stream) : PeripheralConfig.write(stream),
                memory.segments());
    }

    @Override
    public void submitted(Transfer submitted) {
        transfer = submitted;
    }

    /** True also if it was never submitted. */
    boolean isOver() {
        Transfer submitted = transfer;
        return submitted == null || submitted.result().isPresent();
    }

    /** What it holds, if it writes. */
    long position() {
        return position;
    }

    long movedBytes() {
        return movedBytes;
    }

    @Override
    public long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public long from() {
        return batch.isReading() ? position : memory.offsetBytes();
    }

    @Override
    public long to() {
        return batch.isReading() ? memory.offsetBytes() : position;
    }

    @Override
    public Optional<String> checkOutcome(TransferResult result) {
        return batch.checkOutcome(result, index);
    }

    @Override
    public Optional<String> checkData(long bytes) {
        movedBytes = bytes;
        long begun = batch.advance(bytes);
        return batch.isReading() ? memory.checkTarget(bytes, begun) : memory.checkSource(position);
    }

    @Override
    public List<MemorySegment> buffers() {
        return List.of(memory.buffer());
    }
}
