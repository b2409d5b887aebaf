package org.dmaengine.cli;

import static org.dmaengine.cli.DemoBytes.BLOCK_BYTES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;

/**
 * Stock Java: io_uring reads into an arena by its raw address, the arena is closed, and the kernel
 * writes what comes later into the memory of whoever has it then.
 *
 * <p>That must not be the JVM: nothing is written into the pipe, so the kernel writes nothing,
 * before the address is known to belong to memory of the demonstration again.
 */
final class StockRead {
    private static final int ATTEMPTS = 5;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final NativePipe pipe;
    private final NativeRing ring;
    private final DemoSide side;

    StockRead(NativePipe pipe, NativeRing ring, DemoSide side) {
        this.pipe = pipe;
        this.ring = ring;
        this.side = side;
    }

    void show() {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Arena arena = Arena.ofShared();
            MemorySegment target = arena.allocate(BLOCK_BYTES);
            long read = ring.read(pipe.source(), target.address(), BLOCK_BYTES);
            Optional<String> refusal = Closing.refusal(arena::close);
            boolean inFlight = ring.result(read).isEmpty();
            Optional<NewOwner> owner =
                    refusal.isEmpty() && inFlight
                            ? NewOwner.of(target.address(), side)
                            : Optional.empty();
            if (owner.isPresent()) {
                side.tell(
                        "io_uring reads",
                        BLOCK_BYTES
                                + " bytes from an empty pipe to "
                                + DemoBytes.address(target.address()));
                side.tellClosing("arena.close()", "refusal", refusal);
                letArrive(read, owner.get());
                return;
            }
            giveUp(read);
            if (!inFlight) {
                throw new CommandFailure("a read of an empty pipe ended: " + ring.result(read));
            }
            if (refusal.isPresent()) {
                arena.close();
                side.tellClosing("arena.close()", "refusal", refusal);
                side.expect(false);
                side.conclude("this Java keeps the memory of a read in flight");
                return;
            }
        }
        side.expect(false);
        side.conclude(
                "the arena was closed with its read in flight, but the allocator did not give that"
                        + " address again, so nothing was sent that the kernel could write there;"
                        + " try --with socket");
    }

    private void letArrive(long read, NewOwner owner) {
        boolean inFlight = ring.result(read).isEmpty();
        side.tell("the read", inFlight ? "has no completion entry: it is in flight" : "has ended");
        side.put("inFlight", inFlight);
        owner.tellBefore();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment late = arena.allocate(BLOCK_BYTES);
            DemoBytes.LATE.fill(late);
            pipe.write(late);
        }
        // Without a result the owner never leaves: the kernel could still write there.
        int result = ring.await(read, DEADLINE).orElseThrow(StockRead::noEnd);
        side.tell("into the pipe", "go " + BLOCK_BYTES + " bytes; the read ends with " + result);
        side.put("result", result);
        int changed = owner.tellAfter();
        owner.leave();
        side.expect(changed > 0);
        side.conclude(NewOwner.loss(changed));
    }

    /** Ends a read that waits. It moves no byte, for none is in the pipe. */
    private void giveUp(long read) {
        ring.cancel(read);
        // Not the answer to the cancel, but the read's own result is the proof.
        if (ring.await(read, DEADLINE).isEmpty()) {
            throw noEnd();
        }
    }

    private static CommandFailure noEnd() {
        return new CommandFailure(
                "io_uring did not end a read of a pipe within " + DEADLINE.toSeconds() + " s");
    }
}
