package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Quiesced;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Every option, to its ends, on a file that is written and read back. */
class UringOptionsTest {
    private static final int PIECES = 300;
    private static final int PIECE_BYTES = 10_007;
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir private Path folder;

    @BeforeEach
    void requireKernel() {
        Availability.assume();
    }

    @DisplayName("P10: bytes are the same whatever the ring is like")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mode=inline",
                "mode=workers",
                "entries=1,mode=workers",
                "entries=4096,mode=workers",
                "depth=1,mode=workers",
                "chunk=4096,mode=workers",
                "files=0",
                "files=1,mode=workers",
                "spins=0,mode=workers",
                "workers=3,mode=workers",
                "sqpoll=20,mode=workers",
                "sqpoll=1",
                "iopoll=1"
            })
    void shouldMoveTheSame(String options) throws Exception {
        MemorySegment back;
        try (DmaEngine engine = DmaEngines.open(new UringEngineProvider(), parse(options));
                DmaArena arena = DmaArena.open();
                FileChannel one = open("one");
                FileChannel two = open("two");
                DmaChannel channel = engine.requestChannel(Capability.PERIPHERAL)) {
            MemorySegment source = arena.allocate((long) PIECES * PIECE_BYTES);
            for (long i = 0; i < source.byteSize(); i++) {
                source.set(ValueLayout.JAVA_BYTE, i, (byte) ((i * 31) >> 3));
            }
            MemorySegment target = arena.allocate(source.byteSize());
            // Every other piece in another file, so that two files take turns in one place.
            List<Transfer> writes = new ArrayList<>();
            List<Transfer> reads = new ArrayList<>();
            for (int i = 0; i < PIECES; i++) {
                Peripheral file = Peripheral.of(i % 2 == 0 ? one : two);
                long at = (long) i * PIECE_BYTES;
                writes.add(
                        channel.submit(
                                channel.prepPeripheralSg(
                                        PeripheralConfig.write(file).atOffset(at),
                                        List.of(source.asSlice(at, PIECE_BYTES)))));
            }
            channel.issuePending();
            for (Transfer each : writes) {
                assertThat(outcome(each)).isEqualTo(Outcome.COMPLETE);
            }
            for (int i = 0; i < PIECES; i++) {
                Peripheral file = Peripheral.of(i % 2 == 0 ? one : two);
                long at = (long) i * PIECE_BYTES;
                List<MemorySegment> halves =
                        List.of(
                                target.asSlice(at, PIECE_BYTES / 2),
                                target.asSlice(
                                        at + PIECE_BYTES / 2, PIECE_BYTES - PIECE_BYTES / 2));
                reads.add(
                        channel.submit(
                                channel.prepPeripheralSg(
                                        PeripheralConfig.read(file).atOffset(at), halves)));
            }
            channel.issuePending();
            for (Transfer each : reads) {
                assertThat(outcome(each)).isEqualTo(Outcome.COMPLETE);
            }
            back = MemorySegment.ofArray(target.toArray(ValueLayout.JAVA_BYTE));
            assertThat(back.mismatch(source)).isEqualTo(-1);
        }
    }

    private static Outcome outcome(Transfer transfer) {
        assertThat(transfer.await(DEADLINE)).isInstanceOf(Quiesced.class);
        return transfer.result().orElseThrow().outcome();
    }

    @DisplayName("P10: what it does not know or cannot be is refused, with the way out")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "speed=9",
                "workers=0",
                "entries=5000",
                "depth=x",
                "chunk=1",
                "mode=fast",
                "sqpoll=-1",
                "iopoll=2"
            })
    void shouldRefuse(String options) {
        assertThatThrownBy(() -> DmaEngines.open(new UringEngineProvider(), parse(options)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(options.substring(0, options.indexOf('=')));
    }

    @Test
    @DisplayName("An engine that is closed gives back its threads and descriptors")
    void shouldGiveBackAll() throws Exception {
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            DmaEngines.open(new UringEngineProvider(), EngineOptions.defaults()).close();
        }
        // Others of this process may open some, but not as many as were left by one engine each.
        assertThat(descriptors() - before).isLessThan(20);
    }

    private static long descriptors() throws IOException {
        try (var files = java.nio.file.Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private FileChannel open(String name) throws IOException {
        return FileChannel.open(
                folder.resolve(name),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    private static EngineOptions parse(String options) {
        EngineOptions all = EngineOptions.defaults();
        for (String each : options.split(",", -1)) {
            int equals = each.indexOf('=');
            all = all.with(each.substring(0, equals), each.substring(equals + 1));
        }
        return all;
    }
}
