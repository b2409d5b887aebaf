package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import static java.nio.channels.FileChannel.MapMode.READ_WRITE;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Foreign memory is pinned for as long as it is mapped, and no longer (C16, E14, E15). */
class MappingTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
        await().atMost(Bench.DEADLINE).until(() -> pins() == 0);
    }

    private static long pins() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("dma-pin"))
                .count();
    }

    @Test
    @DisplayName("C16: a shared arena cannot be closed while mapped, and can afterwards")
    void shouldKeepSharedArenaOpen() {
        Arena foreign = Arena.ofShared();
        MemorySegment memory = foreign.allocate(16);
        DmaBuffer buffer = bench.engine.map(memory);
        assertThat(pins()).isEqualTo(1);
        assertThatThrownBy(foreign::close).isInstanceOf(IllegalStateException.class);
        memory.set(ValueLayout.JAVA_LONG, 0, 42);
        assertThat(buffer.segment().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
        assertThat(buffer.segment().byteSize()).isEqualTo(16);
        buffer.close();
        buffer.close();
        foreign.close();

        assertThatThrownBy(() -> buffer.segment().get(ValueLayout.JAVA_LONG, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("C16: right after unmapping the foreign arena can be closed, each time")
    void shouldLetForeignArenaCloseRightAfterUnmapping() {
        for (int i = 0; i < 200; i++) {
            Arena foreign = Arena.ofShared();
            bench.engine.map(foreign.allocate(16)).close();
            assertThatCode(foreign::close).as("round %d", i).doesNotThrowAnyException();
        }
    }

    @Test
    @DisplayName("Only what an arena of ours has allocated counts as such, and until it is freed")
    void shouldTellAllocatedMemoryFromForeign() throws IOException {
        DmaArena arena = DmaArena.open();
        MemorySegment ours = arena.allocate(16);
        assertThat(DmaArena.hasAllocated(ours)).isTrue();
        assertThat(DmaArena.hasAllocated(ours.asSlice(8))).isTrue();
        try (Arena foreign = Arena.ofShared();
                DmaBuffer buffer = bench.engine.map(foreign.allocate(16));
                FileChannel file =
                        FileChannel.open(
                                Files.createTempFile("mapped", ""), WRITE, READ, DELETE_ON_CLOSE)) {
            assertThat(DmaArena.hasAllocated(foreign.allocate(16))).isFalse();
            assertThat(DmaArena.hasAllocated(buffer.segment())).isFalse();
            assertThat(DmaArena.hasAllocated(file.map(READ_WRITE, 0, 4096, arena))).isFalse();
        }
        arena.close();
        assertThat(DmaArena.hasAllocated(ours)).isFalse();
    }

    @Test
    @DisplayName("C16: a transfer on a mapping: close fails, and keeps the pin")
    void shouldNotUnmapInFlight() {
        Arena foreign = Arena.ofShared();
        DmaBuffer buffer = bench.engine.map(foreign.allocate(Bench.LENGTH_BYTES));
        bench.submit(bench.channel.prepMemcpy(buffer.segment(), bench.source));
        bench.channel.issuePending();
        bench.backend.take();
        assertThatThrownBy(buffer::close).isInstanceOf(BuffersInFlightException.class);
        assertThatThrownBy(foreign::close).isInstanceOf(IllegalStateException.class);
        bench.backend.completeAll();
        buffer.close();

        foreign.close();
    }

    @Test
    @DisplayName("C16: automatic, global and mapped twice")
    void shouldMapOtherArenas() {
        MemorySegment automatic = Arena.ofAuto().allocate(16);
        MemorySegment global = Arena.global().allocate(16);
        try (DmaBuffer first = bench.engine.map(automatic);
                DmaBuffer second = bench.engine.map(global);
                DmaBuffer third = bench.engine.map(global)) {
            bench.submit(bench.channel.prepMemcpy(first.segment(), second.segment()));
            assertThat(third.segment().address()).isEqualTo(global.address());
            bench.channel.terminateSync();
        }
    }

    @Test
    @DisplayName("C16: a read-only segment may be read and not written")
    void shouldKeepReadOnly() {
        MemorySegment readOnly = Arena.ofAuto().allocate(Bench.LENGTH_BYTES).asReadOnly();
        try (DmaBuffer buffer = bench.engine.map(readOnly)) {
            assertThat(buffer.segment().isReadOnly()).isTrue();
            bench.channel.prepMemcpy(bench.target, buffer.segment());
            assertThatThrownBy(() -> bench.channel.prepMemcpy(buffer.segment(), bench.source))
                    .isInstanceOfSatisfying(
                            PrepRefusedException.class,
                            refused ->
                                    assertThat(refused.reason())
                                            .isEqualTo(PrepRefusedException.Reason.DIRECTION));
        }
    }

    @Test
    @DisplayName("C16: what cannot be mapped is refused with the reason, and leaks no pin")
    void shouldRefuseWhatCannotBeMapped() {
        Arena closed = Arena.ofShared();
        MemorySegment freed = closed.allocate(8);
        closed.close();
        assertRefused(MemorySegment.ofArray(new byte[8]), "heap memory moves");
        assertRefused(freed, "closed");
        assertRefused(bench.source, "from a DmaArena or mapped already");
        try (Arena confined = Arena.ofConfined()) {
            assertRefused(confined.allocate(8), "confined to one thread");
        }
        // The thread that found the arena closed tells so, and ends behind that.
        await().atMost(Bench.DEADLINE).until(() -> pins() == 0);
    }

    private void assertRefused(MemorySegment segment, String why) {
        assertThatThrownBy(() -> bench.engine.map(segment))
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        PrepRefusedException.class,
                        no ->
                                assertThat(no.reason())
                                        .isEqualTo(PrepRefusedException.Reason.MEMORY));
    }

    @Test
    @DisplayName("C11: mapping and unmapping keep an interrupt")
    void shouldKeepInterrupt() {
        Thread.currentThread().interrupt();
        bench.engine.map(Arena.global().allocate(8)).close();

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    @DisplayName("C16: the engine is told of mapped memory, and undoes that before it goes back")
    void shouldTellEngine() {
        List<Long> mapped = new ArrayList<>();
        bench.provider.onMap =
                memory -> {
                    mapped.add(memory.address());
                    return () -> {
                        assertThat(memory.scope().isAlive()).isFalse();
                        assertThat(pins()).isEqualTo(1);
                        mapped.remove(memory.address());
                    };
                };
        Arena foreign = Arena.ofShared();
        MemorySegment memory = foreign.allocate(16);
        DmaBuffer buffer = bench.engine.map(memory);
        assertThat(mapped).containsExactly(memory.address());
        buffer.close();
        buffer.close();
        assertThat(mapped).isEmpty();
        assertThat(bench.faults).isEmpty();
        foreign.close();
    }

    @Test
    @DisplayName("C16: a mapping that is in use stays as it is, and its engine is told once")
    void shouldTellEngineOnceThoughViewIsInUse() {
        AtomicInteger unmapped = new AtomicInteger();
        bench.provider.onMap = _ -> unmapped::incrementAndGet;
        try (Arena foreign = Arena.ofShared()) {
            DmaBuffer buffer = bench.engine.map(foreign.allocate(16));
            SegmentPin inCall = SegmentPin.pin(buffer.segment(), bench.time);
            assertThatThrownBy(buffer::close).isInstanceOf(IllegalStateException.class);
            assertThat(unmapped).hasValue(0);
            inCall.release();
            buffer.close();
            assertThat(unmapped).hasValue(1);
        }
    }

    @Test
    @DisplayName("C16: an engine that refuses to map, or fails to unmap, keeps no memory")
    void shouldGiveBackWhatEngineRefuses() {
        Arena foreign = Arena.ofShared();
        MemorySegment memory = foreign.allocate(16);
        List<MemorySegment> refused = new ArrayList<>();
        bench.provider.onMap =
                view -> {
                    refused.add(view);
                    throw new IllegalStateException("planted");
                };
        assertThatThrownBy(() -> bench.engine.map(memory)).hasMessage("planted");
        assertThat(refused).singleElement().matches(view -> !view.scope().isAlive());
        bench.provider.onMap =
                _ ->
                        () -> {
                            throw new IllegalStateException("planted");
                        };
        bench.engine.map(memory).close();
        assertThat(bench.faults).extracting(Fault::kind).containsExactly(Fault.Kind.ENGINE_THREW);
        foreign.close();
    }

    @Test
    @DisplayName("C16: where foreign calls are not allowed, each mapping says so, with the way out")
    void shouldNameWayOutEachTime(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("output");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--illegal-native-access=deny",
                                "-ea",
                                "-cp",
                                System.getProperty("java.class.path"),
                                MappingInOtherJava.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        assertThat(process.waitFor()).isZero();

        assertThat(Files.readAllLines(output))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("--enable-native-access"));
    }

    /** Maps three times, and prints why that is refused. */
    static final class MappingInOtherJava {
        public static void main(String[] arguments) {
            try (DmaEngine engine = DmaEngines.open("test-small");
                    Arena foreign = Arena.ofShared()) {
                for (int i = 0; i < 3; i++) {
                    try {
                        engine.map(foreign.allocate(8)).close();
                        System.out.println("mapped");
                    } catch (PrepRefusedException refused) {
                        System.out.println(refused.getMessage());
                    }
                }
            }
        }
    }
}
