package org.dmaengine.cli;

import org.dmaengine.Direction;
import org.dmaengine.EngineDescription;
import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/** An honest engine, between which and the core somebody does one thing wrong with peripherals. */
final class SabotagedEngine implements EngineProvider {
    /** What is done wrong. */
    enum Sabotage {
        /** A byte that was read is another one. */
        CHANGES_BYTE,
        /** The last byte of a write is not written. */
        DROPS_BYTE,
        /** The segments are moved in another order. */
        REVERSES_SEGMENTS,
        /** A file is read and written in another place. */
        MISSES_OFFSET,
        /** What came short is told as whole. */
        ROUNDS_UP,
        /** What failed is told as whole. */
        HIDES_FAILURE,
        /** Of what was stopped half-way the bytes are forgotten. */
        FORGETS_BYTES,
        /** It is told as over long before the last byte is written. */
        WRITES_LATE,
        /** The same for a byte of a file. */
        WRITES_FILE_LATE,
        /** What is to stop is told as stopped at once. */
        ENDS_AT_ABORT,
        /** A pause is said to hold, and nobody was told of it. */
        IGNORES_PAUSE
    }

    /** So many ends later a late write comes: the buffer was reported free long before. */
    private static final int LATE_ENDS = 40;

    private static final int LATE_FILE_ENDS = 12;

    private final EngineProvider honest;
    private final Sabotage sabotage;

    SabotagedEngine(EngineProvider honest, Sabotage sabotage) {
        this.honest = honest;
        this.sabotage = sabotage;
    }

    @Override
    public String name() {
        return honest.name();
    }

    @Override
    public Probe probe() {
        return honest.probe();
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        EngineBackend opened = honest.open(settings);
        return new EngineBackend() {
            @Override
            public EngineDescription description() {
                return opened.description();
            }

            @Override
            public ChannelBackend openChannel(int index, ChannelQueue queue) {
                Between between = new Between(queue);
                return new Channel(opened.openChannel(index, between), between);
            }

            @Override
            public void close() {
                opened.close();
            }
        };
    }

    private final class Channel implements ChannelBackend {
        private final ChannelBackend honestChannel;
        private final Between between;

        Channel(ChannelBackend honestChannel, Between between) {
            this.honestChannel = honestChannel;
            this.between = between;
        }

        @Override
        public void prepare(Operation operation) {
            honestChannel.prepare(operation);
        }

        @Override
        public void start() {
            honestChannel.start();
        }

        @Override
        public void abort() {
            if (sabotage == Sabotage.ENDS_AT_ABORT) {
                between.endAll();
            }
            honestChannel.abort();
        }

        @Override
        public boolean synchronize(long deadlineNanos) {
            return honestChannel.synchronize(deadlineNanos);
        }

        @Override
        public boolean pause() {
            return sabotage == Sabotage.IGNORES_PAUSE || honestChannel.pause();
        }

        @Override
        public void resume() {
            if (sabotage != Sabotage.IGNORES_PAUSE) {
                honestChannel.resume();
            }
        }

        @Override
        public void close() {
            honestChannel.close();
        }
    }

    private final class Between implements ChannelQueue {
        private final ChannelQueue core;
        private final Map<Long, Handed> handed = new ConcurrentHashMap<>();
        // Guarded by this.
        private final Queue<MemorySegment> ended = new ArrayDeque<>();
        private final Queue<Handed> files = new ArrayDeque<>();

        Between(ChannelQueue core) {
            this.core = core;
        }

        @Override
        public String name() {
            return core.name();
        }

        @Override
        public @Nullable IssuedTransfer next() {
            IssuedTransfer next = core.next();
            if (next == null) {
                return null;
            }
            Handed transfer = new Handed(next, sabotaged(next.operation()));
            handed.put(transfer.ticket(), transfer);
            return transfer;
        }

        @Override
        public int next(IssuedTransfer[] batch) {
            int count = 0;
            for (IssuedTransfer each = next(); each != null; each = next()) {
                batch[count++] = each;
                if (count == batch.length) {
                    break;
                }
            }
            return count;
        }

        /** Everything that was taken ends here and now, whatever the engine still does. */
        void endAll() {
            for (Long ticket : handed.keySet()) {
                if (handed.remove(ticket) != null) {
                    core.end(ticket, Outcome.ABORTED, 0);
                }
            }
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            Handed transfer = handed.remove(ticket);
            if (transfer == null) {
                return;
            }
            if (bytes > 0 && transfer.isRead()) {
                spoil(transfer.memory());
            }
            if (sabotage == Sabotage.WRITES_FILE_LATE && !transfer.isRead()) {
                writeLate(transfer);
            }
            boolean wholeAnyway =
                    outcome == Outcome.COMPLETE
                            && (sabotage == Sabotage.ROUNDS_UP
                                    || (sabotage == Sabotage.DROPS_BYTE && !transfer.isRead()));
            boolean none = sabotage == Sabotage.FORGETS_BYTES && outcome == Outcome.ABORTED;
            core.end(ticket, outcome, wholeAnyway ? transfer.core.lengthBytes() : none ? 0 : bytes);
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
            Handed transfer = handed.remove(ticket);
            if (transfer != null && sabotage == Sabotage.HIDES_FAILURE) {
                core.end(ticket, Outcome.COMPLETE, transfer.core.lengthBytes());
            } else if (transfer != null) {
                core.end(ticket, outcome, bytes, error);
            }
        }

        @Override
        public void complete(long[] tickets, int count) {
            for (int i = 0; i < count; i++) {
                Handed transfer = handed.get(tickets[i]);
                if (transfer != null) {
                    end(tickets[i], Outcome.COMPLETE, transfer.lengthBytes());
                }
            }
        }

        private synchronized void spoil(MemorySegment memory) {
            if (sabotage == Sabotage.CHANGES_BYTE) {
                flip(memory);
            }
            if (sabotage == Sabotage.WRITES_LATE) {
                ended.add(memory);
                if (ended.size() > LATE_ENDS) {
                    flip(ended.remove());
                }
            }
        }

        private synchronized void writeLate(Handed transfer) {
            files.add(transfer);
            if (files.size() > LATE_FILE_ENDS) {
                Handed late = files.remove();
                PeripheralConfig config = ((Operation.PeripheralSg) late.operation).config();
                try {
                    ((FileChannel) config.peripheral().channel())
                            .write(late.memory().asByteBuffer(), config.offsetBytes());
                } catch (IOException problem) {
                    throw new UncheckedIOException(problem);
                }
            }
        }

        private static void flip(MemorySegment memory) {
            byte value = memory.get(ValueLayout.JAVA_BYTE, 0);
            memory.set(ValueLayout.JAVA_BYTE, 0, (byte) ~value);
        }

        @Override
        public void paused() {
            core.paused();
        }

        @Override
        public void lost(String reason, @Nullable Throwable cause) {
            core.lost(reason, cause);
        }
    }

    private Operation sabotaged(Operation operation) {
        if (!(operation instanceof Operation.PeripheralSg(var config, var segments))) {
            return operation;
        }
        return switch (sabotage) {
            case REVERSES_SEGMENTS -> new Operation.PeripheralSg(config, segments.reversed());
            case MISSES_OFFSET -> new Operation.PeripheralSg(elsewhere(config), segments);
            case DROPS_BYTE -> withoutLastByte(config, segments);
            case CHANGES_BYTE,
                    ROUNDS_UP,
                    HIDES_FAILURE,
                    FORGETS_BYTES,
                    WRITES_LATE,
                    WRITES_FILE_LATE,
                    ENDS_AT_ABORT,
                    IGNORES_PAUSE ->
                    operation;
        };
    }

    private static Operation withoutLastByte(
            PeripheralConfig config, List<MemorySegment> segments) {
        List<MemorySegment> fewer = new ArrayList<>(segments);
        MemorySegment last = fewer.removeLast();
        boolean isWrite = config.direction() == Direction.MEM_TO_DEV && last.byteSize() > 1;
        fewer.add(isWrite ? last.asSlice(0, last.byteSize() - 1) : last);
        return new Operation.PeripheralSg(config, fewer);
    }

    /** A block further, as direct I/O refuses anything else. */
    private static PeripheralConfig elsewhere(PeripheralConfig config) {
        return config.atOffset(config.offsetBytes() + 4096);
    }

    /** A transfer with another operation, for the engine. */
    private record Handed(IssuedTransfer core, Operation operation, long ticket)
            implements IssuedTransfer {

        Handed(IssuedTransfer core, Operation operation) {
            this(core, operation, core.ticket());
        }

        boolean isRead() {
            return operation instanceof Operation.PeripheralSg sg
                    && sg.config().direction() == Direction.DEV_TO_MEM;
        }

        MemorySegment memory() {
            List<MemorySegment> segments = ((Operation.PeripheralSg) operation).segments();
            return segments.getFirst();
        }

        @Override
        public long lengthBytes() {
            return operation.lengthBytes();
        }

        @Override
        public boolean stopRequested() {
            return core.stopRequested();
        }

        @Override
        public void progress(long bytes) {
            core.progress(bytes);
        }

        @Override
        public boolean mayStartPeriod() {
            return core.mayStartPeriod();
        }

        @Override
        public void periodElapsed() {
            core.periodElapsed();
        }
    }
}
