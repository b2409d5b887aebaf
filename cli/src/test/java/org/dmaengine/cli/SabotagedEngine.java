package org.dmaengine.cli;

import org.dmaengine.Direction;
import org.dmaengine.EngineDescription;
import org.dmaengine.Operation;
import org.dmaengine.Outcome;
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
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/** An honest engine, between which and the core somebody does one thing wrong with peripherals. */
final class SabotagedEngine implements EngineProvider {
    /** What is done wrong. */
    enum Sabotage {
        /** A byte that was read is another one. */
        CHANGES_BYTE,
        /** The first byte that a strided copy takes is another one afterwards. */
        SPOILS_SOURCE,
        /** Of a file the last byte is not written; of a stream one is read and given to nobody. */
        DROPS_BYTE,
        /** The first and the last segment are taken for one another. */
        SWAPS_SEGMENTS,
        /** A file is read in another place. */
        MISSES_OFFSET,
        /** What came short is told as whole. */
        ROUNDS_UP,
        /** What failed is told as whole. */
        HIDES_FAILURE,
        /** Of what was stopped half-way the bytes are forgotten. */
        FORGETS_BYTES,
        /** Of an endless transfer the bytes of the period that was begun are forgotten. */
        FORGETS_PART,
        /** Of an endless transfer the last byte is another one. */
        CHANGES_PART,
        /** It is told as over long before the last byte is written. */
        WRITES_LATE,
        /** The same for a byte of a file. */
        WRITES_FILE_LATE,
        /** What is to stop is told as stopped at once. */
        ENDS_AT_ABORT,
        /** A pause is said to hold, and nobody was told of it. */
        IGNORES_PAUSE,
        /** It is told as over while somebody is inside a call that was given its memory. */
        KEEPS_MEMORY,
        /** Its close finds something wrong. */
        THROWS_AT_CLOSE,
        /** A thread that it starts ends by an exception. */
        LOSES_THREAD
    }

    /** So many ends later a late write comes: more than a round has, so the buffer is free. */
    private static final int LATE_ENDS = 25;

    private static final int LATE_FILE_ENDS = 12;

    private final EngineProvider honest;
    private final Sabotage sabotage;

    SabotagedEngine(EngineProvider honest, Sabotage sabotage) {
        this.honest = honest;
        this.sabotage = sabotage;
    }

    /** The registered engine of that name. */
    static EngineProvider honest(String name) {
        return ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
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
        IdleSocket idle = new IdleSocket();
        return new EngineBackend() {
            @Override
            public EngineDescription description() {
                return opened.description();
            }

            @Override
            public ChannelBackend openChannel(int index, ChannelQueue queue) {
                Between between = new Between(queue, idle);
                return new Backend(opened.openChannel(index, between), between);
            }

            @Override
            public void close() {
                opened.close();
                idle.close();
                if (sabotage == Sabotage.THROWS_AT_CLOSE) {
                    throw new IllegalStateException("not all is over");
                }
            }
        };
    }

    private final class Backend implements ChannelBackend {
        private final ChannelBackend honestChannel;
        private final Between between;

        Backend(ChannelBackend honestChannel, Between between) {
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
        private final IdleSocket idle;
        private final Map<Long, Handed> handed = new ConcurrentHashMap<>();
        // Guarded by this.
        private final Queue<MemorySegment> reads = new ArrayDeque<>();
        private final Queue<Handed> writes = new ArrayDeque<>();

        Between(ChannelQueue core, IdleSocket idle) {
            this.core = core;
            this.idle = idle;
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
            Handed transfer = new Handed(next, next.operation(), next.ticket());
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
            for (Long ticket : List.copyOf(handed.keySet())) {
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
            if (bytes > 0 && transfer.isPeripheral()) {
                try {
                    spoil(transfer, bytes);
                } catch (ClosedChannelException found) {
                    assert !transfer.endpoint().isOpen() : "the test found it out, and closed it";
                } catch (IOException problem) {
                    throw new UncheckedIOException(problem);
                }
            }
            if (transfer.operation() instanceof Operation.Interleaved(var template)
                    && sabotage == Sabotage.SPOILS_SOURCE) {
                flip(template.source());
            }
            boolean wholeAnyway = sabotage == Sabotage.ROUNDS_UP && outcome == Outcome.COMPLETE;
            boolean none = sabotage == Sabotage.FORGETS_BYTES && outcome == Outcome.ABORTED;
            long told =
                    transfer.operation() instanceof Operation.Cyclic ring
                            ? spoilPart(ring, bytes)
                            : bytes;
            core.end(ticket, outcome, wholeAnyway ? transfer.lengthBytes() : none ? 0 : told);
        }

        /** The period that was begun; how many bytes are told. */
        private long spoilPart(Operation.Cyclic cyclic, long bytes) {
            long part = bytes % cyclic.periodBytes();
            if (part > 0 && sabotage == Sabotage.CHANGES_PART) {
                flip(cyclic.ring().asSlice((bytes - 1) % cyclic.ring().byteSize(), 1));
            }
            return sabotage == Sabotage.FORGETS_PART ? bytes - part : bytes;
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
            Handed transfer = handed.remove(ticket);
            if (transfer != null && sabotage == Sabotage.HIDES_FAILURE) {
                core.end(ticket, Outcome.COMPLETE, transfer.lengthBytes());
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

        /** The last moment before the end is told. */
        private synchronized void spoil(Handed transfer, long bytes) throws IOException {
            boolean read = transfer.isRead();
            switch (sabotage) {
                case CHANGES_BYTE -> {
                    if (read) {
                        flip(transfer.memory());
                    }
                }
                case DROPS_BYTE -> dropByte(transfer, bytes);
                case SWAPS_SEGMENTS -> {
                    if (read) {
                        swap(transfer.memory(), transfer.peripheral().segments().getLast());
                    }
                }
                case MISSES_OFFSET -> {
                    if (read && transfer.endpoint() instanceof FileChannel file) {
                        file.read(transfer.memory().asByteBuffer(), 0);
                    }
                }
                case WRITES_LATE -> {
                    if (read) {
                        reads.add(transfer.memory());
                    }
                    if (reads.size() > LATE_ENDS) {
                        flip(reads.remove());
                    }
                }
                case WRITES_FILE_LATE -> {
                    if (!read) {
                        writes.add(transfer);
                    }
                    if (writes.size() > LATE_FILE_ENDS) {
                        writeAgain(writes.remove());
                    }
                }
                case KEEPS_MEMORY -> idle.read(transfer.memory());
                case LOSES_THREAD -> loseThread();
                case ROUNDS_UP,
                        HIDES_FAILURE,
                        FORGETS_BYTES,
                        FORGETS_PART,
                        CHANGES_PART,
                        SPOILS_SOURCE,
                        ENDS_AT_ABORT,
                        IGNORES_PAUSE,
                        THROWS_AT_CLOSE -> {}
            }
        }

        private static void loseThread() {
            Thread lost =
                    Thread.ofVirtual()
                            .name("lost")
                            .start(() -> {
                                throw new IllegalStateException("nobody waits for this thread");
                            });
            Uninterrupted.join(lost);
        }

        /** Of a file the last one that was written, of a stream the next one to be read. */
        private static void dropByte(Handed transfer, long bytes) throws IOException {
            ByteBuffer one = ByteBuffer.allocate(1);
            switch (transfer.endpoint()) {
                case FileChannel file -> {
                    if (!transfer.isRead()) {
                        file.write(one, transfer.peripheral().offsetBytes() + bytes - 1);
                    }
                }
                case SelectableChannel stream -> {
                    if (transfer.isRead() && !stream.isBlocking()) {
                        ((ReadableByteChannel) stream).read(one);
                    }
                }
                default -> throw new IllegalArgumentException(transfer.toString());
            }
        }

        private static void swap(MemorySegment one, MemorySegment other) {
            long length = Math.min(one.byteSize(), other.byteSize());
            byte[] kept = one.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
            MemorySegment.copy(other, 0, one, 0, length);
            MemorySegment.copy(MemorySegment.ofArray(kept), 0, other, 0, length);
        }

        private static void writeAgain(Handed late) throws IOException {
            ((FileChannel) late.endpoint())
                    .write(late.memory().asByteBuffer(), late.peripheral().offsetBytes());
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

    /** A transfer on its way. */
    private record Handed(IssuedTransfer core, Operation operation, long ticket)
            implements IssuedTransfer {

        boolean isPeripheral() {
            return operation instanceof Operation.PeripheralSg;
        }

        boolean isRead() {
            return peripheral().config().direction() == Direction.DEV_TO_MEM;
        }

        Operation.PeripheralSg peripheral() {
            return (Operation.PeripheralSg) operation;
        }

        MemorySegment memory() {
            return peripheral().segments().getFirst();
        }

        Channel endpoint() {
            return peripheral().config().peripheral().channel();
        }

        @Override
        public long lengthBytes() {
            return core.lengthBytes();
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
