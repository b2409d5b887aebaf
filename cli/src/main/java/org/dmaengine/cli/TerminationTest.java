package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Quiesced;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.TransferResult;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Termination under load: queues transfers, lets them run, stops them at a random moment in one of
 * the ways there are, and holds the channel to what it then says. Receipts must agree with the
 * handles (C9), outcomes with the data (C2, C5), no callback may run afterwards (C4), and no byte
 * be written to a buffer that was reported free.
 */
final class TerminationTest implements Trial {
    private static final int TRANSFERS_MAX = 24;
    private static final int BUFFER_BYTES_MAX = 256 << 10;
    private static final int MOMENT_NANOS_MAX = 150_000;
    private static final int DEADLINE_NANOS_MAX = 100_000;

    /** How a round ends. */
    private enum Way {
        SYNC,
        ASYNC_THEN_SYNCHRONIZE,
        FROM_CALLBACK,
        TIMED,
        HALF_ISSUED
    }

    private final TestBench bench;
    private final DmaChannel channel;
    private final LateWrites late;
    private final long bufferBytes;
    private final boolean streams;
    // Whether a callback of this round may terminate while the round still submits.
    private boolean callbackTerminates;

    TerminationTest(TestBench bench) {
        this.bench = bench;
        this.channel = bench.channel();
        this.late = new LateWrites(bench.tally());
        this.bufferBytes = Math.min(BUFFER_BYTES_MAX, 4 * bench.options().bufferBytes());
        this.streams = channel.capabilities().contains(Capability.PERIPHERAL);
    }

    @Override
    public void round() {
        try {
            Pipe pipe = Pipe.open();
            try (Pipe.SourceChannel silent = pipe.source();
                    Pipe.SinkChannel sink = pipe.sink()) {
                assert sink.isOpen() : "an open writer keeps the reader waiting";
                terminate(silent);
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    @Override
    public void finish() {
        late.checkAll();
    }

    private void terminate(Pipe.SourceChannel silent) {
        Way way = Way.values()[bench.random().nextInt(Way.values().length)];
        int count = bench.random().nextInt(1, TRANSFERS_MAX + 1);
        int blocked =
                streams && bench.random().nextInt(4) == 0 ? bench.random().nextInt(count) : -1;
        int fromCallback = way == Way.FROM_CALLBACK ? bench.random().nextInt(count) : -1;
        callbackTerminates = fromCallback >= 0;
        List<TerminationSlot> slots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            slots.add(i == blocked ? blockedRead(silent) : copy(i == fromCallback));
            boolean held = way == Way.HALF_ISSUED && i > count / 2;
            if (!held && bench.random().nextInt(3) > 0) {
                channel.issuePending();
            }
        }
        if (way != Way.HALF_ISSUED) {
            channel.issuePending();
        }
        Moment.passIn(bench.random(), MOMENT_NANOS_MAX);
        Receipt receipt = stop(way);
        Map<Long, Receipt.Entry> entries = entriesOf(receipt);
        slots.forEach(slot -> check(slot, entries));
        slots.forEach(this::free);
    }

    private TerminationSlot copy(boolean terminates) {
        MemorySegment source = buffer();
        MemorySegment target = buffer();
        long length = bench.lengthWithin(bufferBytes);
        long from = bench.offsetFor(length, bufferBytes);
        long to = bench.offsetFor(length, bufferBytes);
        Pattern.fillSource(source, from, length);
        Pattern.fillTarget(target, to, length);
        TerminationSlot slot = new TerminationSlot(source, target, from, to, length);
        submit(
                slot,
                channel.prepMemcpy(target.asSlice(to, length), source.asSlice(from, length)),
                terminates ? channel::terminateAsync : () -> {});
        return slot;
    }

    private TerminationSlot blockedRead(Pipe.SourceChannel silent) {
        MemorySegment target = buffer();
        long length = bench.lengthWithin(bufferBytes);
        Pattern.fillTarget(target, 0, length);
        TerminationSlot slot = new TerminationSlot(target, target, 0, 0, length);
        submit(
                slot,
                channel.prepPeripheralSg(
                        PeripheralConfig.read(new Peripheral.Stream(silent)),
                        List.of(target.asSlice(0, length))),
                () -> {});
        return slot;
    }

    private void submit(TerminationSlot slot, Descriptor descriptor, Runnable inCallback) {
        if (!slot.submit(channel, descriptor, inCallback) && !callbackTerminates) {
            throw slot.failure("is stale, and nobody terminated the channel (C15)");
        }
    }

    private MemorySegment buffer() {
        MemorySegment kept = late.reuse();
        return kept != null ? kept : bench.arena().allocate(bufferBytes, 64);
    }

    private Receipt stop(Way way) {
        bench.tally().termination();
        return switch (way) {
            case SYNC, HALF_ISSUED, FROM_CALLBACK ->
                    quiesced(channel.terminateSync(bench.options().timeout()));
            case ASYNC_THEN_SYNCHRONIZE -> {
                channel.terminateAsync();
                Moment.passIn(bench.random(), DEADLINE_NANOS_MAX);
                yield quiesced(channel.synchronize(bench.options().timeout()));
            }
            case TIMED -> {
                Duration soon = Duration.ofNanos(bench.random().nextInt(DEADLINE_NANOS_MAX));
                yield switch (channel.terminateSync(soon)) {
                    case Quiesced done -> done.receipt();
                    case StillOwned still -> {
                        if (still.transfers().isEmpty() && still.reason().isBlank()) {
                            throw new TestFailure("still owned, but it does not say what or why");
                        }
                        yield quiesced(channel.synchronize(bench.options().timeout()));
                    }
                };
            }
        };
    }

    private Receipt quiesced(org.dmaengine.Quiescence answer) {
        return switch (answer) {
            case Quiesced done -> done.receipt();
            case StillOwned still ->
                    throw new TestFailure("not quiet after a termination: " + still.reason());
        };
    }

    private static Map<Long, Receipt.Entry> entriesOf(Receipt receipt) {
        Map<Long, Receipt.Entry> entries = new HashMap<>();
        for (Receipt.Entry entry : receipt.entries()) {
            if (entries.put(entry.cookie(), entry) != null) {
                throw new TestFailure("the receipt lists cookie " + entry.cookie() + " twice");
            }
        }
        return entries;
    }

    private void check(TerminationSlot slot, Map<Long, Receipt.Entry> entries) {
        if (!slot.isSubmitted()) {
            Pattern.checkUntouched(slot.target(), slot.to(), slot.length())
                    .ifPresent(wrong -> {
                        throw slot.failure("was never submitted, but " + wrong);
                    });
            return;
        }
        TransferResult result =
                slot.result()
                        .orElseThrow(() -> slot.failure("has no outcome after the receipt (C5)"));
        if (result.bytes() + result.residueBytes() != slot.length()) {
            throw slot.failure("bytes and residue are not its length (C2): " + result);
        }
        Receipt.Entry entry = entries.get(result.cookie());
        if (entry == null && result.outcome() == Outcome.ABORTED) {
            throw slot.failure("was aborted, and the receipt does not list it (C9)");
        }
        if (entry != null && !agrees(entry, result, slot)) {
            throw slot.failure("receipt and handle differ (C9): " + entry + ", " + result);
        }
        checkData(slot, result);
        bench.tally().test(result.bytes());
    }

    private static boolean agrees(
            Receipt.Entry entry, TransferResult result, TerminationSlot slot) {
        return entry.outcome() == result.outcome()
                && entry.bytes() == result.bytes()
                && entry.residueBytes() == result.residueBytes()
                && entry.callbackRan() == (slot.callbacks() > 0);
    }

    private static void checkData(TerminationSlot slot, TransferResult result) {
        Optional<String> wrong =
                switch (result.outcome()) {
                    case COMPLETE ->
                            Pattern.checkTarget(
                                    slot.target(), slot.to(), slot.length(), slot.from());
                    case ABORTED ->
                            result.bytes() == 0
                                    ? Pattern.checkUntouched(
                                            slot.target(), slot.to(), slot.length())
                                    : Pattern.checkAround(slot.target(), slot.to(), slot.length());
                    case READ_FAILED, WRITE_FAILED ->
                            Optional.of("it failed: " + result.error().orElseThrow().message());
                };
        if (wrong.isPresent()) {
            throw slot.failure(result.outcome() + ", but " + wrong.get());
        }
    }

    private void free(TerminationSlot slot) {
        slot.freed();
        late.freed(slot.target(), slot.toString());
        if (!slot.source().equals(slot.target())) {
            late.freed(slot.source(), slot.toString());
        }
    }
}
