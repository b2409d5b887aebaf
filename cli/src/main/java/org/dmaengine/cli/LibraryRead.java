package org.dmaengine.cli;

import static org.dmaengine.cli.DemoBytes.BLOCK_BYTES;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.Optional;

/** The program of {@link StockRead} with this library, and then with memory of another arena. */
final class LibraryRead {
    private static final int ATTEMPTS = 5;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final DemoSide side;

    LibraryRead(DemoSide side) {
        this.side = side;
    }

    void show() {
        try (DmaEngine engine = DmaEngines.open("cpu");
                DmaChannel channel = engine.requestChannel(Capability.PERIPHERAL)) {
            Pipe pipe = Pipe.open();
            try (Pipe.SourceChannel _ = pipe.source();
                    Pipe.SinkChannel _ = pipe.sink()) {
                String conclusion = showArena(channel, pipe);
                showMapping(engine, channel, pipe);
                side.conclude(conclusion);
            }
        } catch (IOException failed) {
            throw new CommandFailure("a pipe failed: " + failed.getMessage(), failed);
        }
    }

    private String showArena(DmaChannel channel, Pipe pipe) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            DmaArena arena = DmaArena.open();
            MemorySegment target = arena.allocate(BLOCK_BYTES);
            Transfer read = BegunRead.of(channel, pipe.source(), target);
            Optional<String> refusal = Closing.refusal(arena::close);
            Receipt receipt = channel.terminateSync();
            Optional<String> refusalLater = Closing.refusal(arena::close);
            Optional<NewOwner> owner = NewOwner.of(target.address(), side);
            if (owner.isPresent()) {
                side.tell(
                        "engine cpu reads",
                        BLOCK_BYTES
                                + " bytes from an empty pipe to "
                                + DemoBytes.address(target.address()));
                side.tellClosing("arena.close()", "refusal", refusal);
                tellReceipt(receipt, read);
                side.tellClosing("arena.close()", "refusalLater", refusalLater);
                side.expect(refusal.isPresent() && refusalLater.isEmpty());
                return letArrive(channel, pipe, owner.get());
            }
        }
        side.expect(false);
        return "the allocator did not give the address again, so nothing could be compared";
    }

    private void tellReceipt(Receipt receipt, Transfer read) {
        Receipt.Entry entry =
                receipt.entry(read.cookie())
                        .orElseThrow(() -> new CommandFailure("the read is not in its receipt"));
        side.tell(
                "terminateSync()",
                "gives the receipt: %s, %d bytes, proof %s"
                        .formatted(entry.outcome(), entry.bytes(), entry.proof()));
        side.put("outcome", entry.outcome().name());
        side.put("movedBytes", entry.bytes());
        side.put("proof", entry.proof().name());
        side.expect(entry.outcome() == Outcome.ABORTED && entry.bytes() == 0);
    }

    private String letArrive(DmaChannel channel, Pipe pipe, NewOwner owner) throws IOException {
        owner.tellBefore();
        byte[] late = new byte[BLOCK_BYTES];
        DemoBytes.LATE.fill(MemorySegment.ofArray(late));
        int written = pipe.sink().write(ByteBuffer.wrap(late));
        long kept = readAgain(channel, pipe);
        side.tell(
                "into the pipe",
                "go %d bytes; the next read finds %d of them there".formatted(written, kept));
        side.put("keptBytes", kept);
        int changed = owner.tellAfter();
        owner.leave();
        side.expect(changed == 0 && kept == BLOCK_BYTES);
        return NewOwner.loss(changed);
    }

    /** How many bytes of what was written later the next read finds. */
    private static long readAgain(DmaChannel channel, Pipe pipe) {
        try (DmaArena arena = DmaArena.open()) {
            MemorySegment target = arena.allocate(BLOCK_BYTES);
            Transfer read = BegunRead.issue(channel, pipe.source(), target);
            read.await(DEADLINE);
            channel.terminateSync();
            long bytes = read.result().map(TransferResult::bytes).orElse(0L);
            return bytes - DemoBytes.LATE.differing(target.asSlice(0, bytes));
        }
    }

    private void showMapping(DmaEngine engine, DmaChannel channel, Pipe pipe) {
        Arena stock = Arena.ofShared();
        DmaBuffer mapped = engine.map(stock.allocate(BLOCK_BYTES));
        side.tell("engine cpu reads", "into memory of an Arena.ofShared(), mapped for it");
        BegunRead.of(channel, pipe.source(), mapped.segment());
        Optional<String> refusal = Closing.refusal(stock::close);
        channel.terminateSync();
        mapped.close();
        Optional<String> refusalLater =
                refusal.isPresent() ? Closing.refusal(stock::close) : Optional.empty();
        side.tellClosing("arena.close()", "mappedRefusal", refusal);
        side.tellClosing("once unmapped", "mappedRefusalLater", refusalLater);
        side.expect(refusal.isPresent() && refusalLater.isEmpty());
    }
}
