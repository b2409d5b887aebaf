package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/** Descriptors that no class of the JDK stands for, by themselves and with an engine. */
@Timeout(60)
class DescriptorChannelTest {
    private static long read(DescriptorChannel event) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        assertThat(event.read(buffer)).isEqualTo(Long.BYTES);
        return buffer.flip().getLong();
    }

    private static void write(DescriptorChannel event, long value) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        assertThat(event.write(buffer.putLong(value).flip())).isEqualTo(Long.BYTES);
        assertThat(buffer.hasRemaining()).isFalse();
    }

    @Test
    @DisplayName("An event descriptor counts, at once or one by one")
    void shouldCount() throws IOException {
        LinkedCalls.orSkip();
        try (DescriptorChannel event = DescriptorChannel.eventDescriptor(0xffff_ffffL, false)) {
            write(event, 2);
            assertThat(read(event)).isEqualTo(0x1_0000_0001L);
        }
        try (DescriptorChannel event = DescriptorChannel.eventDescriptor(2, true)) {
            assertThat(read(event)).isEqualTo(1);
            assertThat(read(event)).isEqualTo(1);
        }
        assertThatThrownBy(() -> DescriptorChannel.eventDescriptor(-1, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("a read into memory that cannot be written takes nothing")
    void shouldNotReadIntoReadOnlyBuffer() throws IOException {
        LinkedCalls.orSkip();
        ByteBuffer target = ByteBuffer.allocate(Long.BYTES).asReadOnlyBuffer();
        try (DescriptorChannel event = DescriptorChannel.eventDescriptor(5, false)) {
            assertThatThrownBy(() -> event.read(target))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(read(event)).isEqualTo(5);
        }
    }

    @Test
    @DisplayName("C4, E1: a blocked read is stopped; the next takes the event, with a residue")
    void shouldStopBlockedRead() throws IOException {
        try (KernelBench bench = new KernelBench();
                DescriptorChannel event = DescriptorChannel.eventDescriptor(0, false)) {
            Peripheral peripheral = new Peripheral.Messages(event);
            MemorySegment memory = bench.arena.allocate(16, 8);
            Transfer stopped = bench.read(peripheral, memory);
            bench.settle();
            bench.channel.terminateSync();
            assertThat(bench.result(stopped).outcome()).isEqualTo(Outcome.ABORTED);
            bench.freed(memory);

            MemorySegment other = bench.arena.allocate(16, 8);
            Transfer whole = bench.read(peripheral, other);
            bench.settle();
            write(event, 7);
            TransferResult result = bench.result(whole);
            assertThat(result.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(result.bytes()).isEqualTo(Long.BYTES);
            assertThat(other.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(7);

            TransferResult written = bench.result(bench.write(peripheral, other.asSlice(0, 8)));
            assertThat(written.isWhole()).isTrue();
            assertThat(read(event)).isEqualTo(7);
        }
    }

    @Test
    @DisplayName("P9: what the descriptor refuses is told; what was closed is not touched")
    void shouldTellErrors() throws IOException {
        try (KernelBench bench = new KernelBench()) {
            DescriptorChannel event = DescriptorChannel.eventDescriptor(1, false);
            Peripheral peripheral = new Peripheral.Messages(event);
            TransferResult tooShort = bench.result(bench.read(peripheral, bench.memory("1234")));
            assertThat(tooShort.outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(tooShort.error().orElseThrow().nativeCode()).isEqualTo(Errno.EINVAL);
            assertThatThrownBy(() -> event.read(ByteBuffer.allocate(4)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("EINVAL");
            assertThatThrownBy(() -> bench.read(Peripheral.of(event), bench.memory("12345678")))
                    .isInstanceOf(PrepRefusedException.class)
                    .hasMessageContaining("another kind of Peripheral");

            event.close();
            TransferResult closed = bench.result(bench.read(peripheral, bench.memory("12345678")));
            assertThat(closed.error().orElseThrow().nativeCode()).isEqualTo(Errno.EBADF);
            assertThatThrownBy(() -> read(event)).isInstanceOf(ClosedChannelException.class);
            assertThat(event.isOpen()).isFalse();
        }
    }

    @Test
    @DisplayName("A file with positions, and what is not open, is not taken over")
    void shouldRefuseOtherDescriptors(@TempDir Path folder) throws IOException {
        UringCalls calls = LinkedCalls.orSkip();
        Path path = Files.createFile(folder.resolve("file"));
        try (FileChannel file = FileChannel.open(path)) {
            int number = calls.descriptorOf(file);
            assertThatThrownBy(() -> DescriptorChannel.of(number))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("FileChannel");
            assertThat(file.size()).isZero();
        }
        assertThatThrownBy(() -> DescriptorChannel.of(Integer.MAX_VALUE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("EBADF");
    }

    @Test
    @DisplayName("A descriptor is closed once, and not while a call is inside of it")
    void shouldCloseBehindLastCall() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        AtomicInteger closes = new AtomicInteger();
        UringCalls calls =
                (UringCalls)
                        Proxy.newProxyInstance(
                                UringCalls.class.getClassLoader(),
                                new Class<?>[] {UringCalls.class},
                                (_, method, _) ->
                                        switch (method.getName()) {
                                            case "mode" -> 0600;
                                            case "close" -> {
                                                closes.getAndIncrement();
                                                yield 0;
                                            }
                                            case "read" -> {
                                                inside.countDown();
                                                mayReturn.await();
                                                yield Long.BYTES;
                                            }
                                            default -> throw new AssertionError(method);
                                        });
        DescriptorChannel channel = DescriptorChannel.of(3, calls);
        FutureTask<Integer> reading =
                new FutureTask<>(() -> channel.read(ByteBuffer.allocate(Long.BYTES)));
        Thread reader = Thread.ofPlatform().start(reading);
        inside.await();
        channel.close();
        assertThat(closes).hasValue(0);
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                .isInstanceOf(ClosedChannelException.class);
        mayReturn.countDown();
        assertThat(reading.get()).isEqualTo(Long.BYTES);
        reader.join();
        assertThat(closes).hasValue(1);
        channel.close();
        assertThat(closes).hasValue(1);
    }
}
