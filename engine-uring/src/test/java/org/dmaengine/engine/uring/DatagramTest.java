package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Collections;
import java.util.List;

/** One transfer is one datagram, on sockets of the machine's own kernel. */
@Timeout(60)
class DatagramTest {
    private KernelBench bench;
    private DatagramChannel near;
    private DatagramChannel far;

    @BeforeEach
    void open() throws IOException {
        bench = new KernelBench();
        near = DatagramChannel.open().bind(KernelBench.LOOPBACK);
        far = DatagramChannel.open().bind(KernelBench.LOOPBACK);
        near.connect(far.getLocalAddress());
    }

    @AfterEach
    void close() throws IOException {
        if (bench != null) {
            bench.close();
            near.close();
            far.close();
        }
    }

    private void send(String text) throws IOException {
        // Not connected: then Java sends empty ones too.
        far.send(ByteBuffer.wrap(text.getBytes(US_ASCII)), near.getLocalAddress());
    }

    private static void expect(TransferResult result, Outcome outcome, long bytes) {
        assertThat(result.outcome()).as("%s", result).isEqualTo(outcome);
        assertThat(result.bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "C2: a shorter datagram ends its transfer with a residue, and so does an empty one")
    void shouldEndWithDatagram(boolean blocking) throws IOException {
        near.configureBlocking(blocking);
        MemorySegment memory = bench.arena.allocate(8).fill((byte) '.');
        Transfer shorter = bench.read(Peripheral.of(near), memory);
        bench.settle();
        send("abc");
        expect(bench.result(shorter), Outcome.COMPLETE, 3);
        assertThat(KernelBench.text(memory)).isEqualTo("abc.....");

        send("");
        expect(bench.result(bench.read(Peripheral.of(near), memory)), Outcome.COMPLETE, 0);
        send("12345678");
        expect(bench.result(bench.read(Peripheral.of(near), memory)), Outcome.COMPLETE, 8);
    }

    @Test
    @DisplayName("A datagram is scattered over its segments, and not split by burst or chunk")
    void shouldScatterOneDatagram() throws IOException {
        MemorySegment left = bench.arena.allocate(3);
        MemorySegment right = bench.arena.allocate(5).fill((byte) '.');
        PeripheralConfig config = PeripheralConfig.read(Peripheral.of(near)).withBurst(1);
        send("abcdef");
        expect(bench.result(bench.begin(config, left, right)), Outcome.COMPLETE, 6);
        assertThat(KernelBench.text(left) + KernelBench.text(right)).isEqualTo("abcdef..");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @DisplayName(
            "P9: a datagram that does not fit fails with its true length, and is not cut silently")
    void shouldTellThatDatagramWasCut(int segments) throws IOException {
        MemorySegment memory = bench.arena.allocate(4);
        MemorySegment behind = bench.arena.allocate(8).fill((byte) '.');
        MemorySegment[] buffers =
                segments == 1
                        ? new MemorySegment[] {memory}
                        : new MemorySegment[] {memory.asSlice(0, 1), memory.asSlice(1)};
        send("abcdefghi");
        TransferResult result = bench.result(bench.read(Peripheral.of(near), buffers));
        expect(result, Outcome.READ_FAILED, 4);
        assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(Errno.EMSGSIZE);
        assertThat(result.error().orElseThrow().message()).contains("9 bytes").contains("of 4");
        assertThat(KernelBench.text(memory)).isEqualTo("abcd");
        assertThat(KernelBench.text(behind)).isEqualTo("........");
        // The next is the next datagram, and not the rest of this one.
        send("jkl");
        expect(bench.result(bench.read(Peripheral.of(near), behind)), Outcome.COMPLETE, 3);
        assertThat(KernelBench.text(behind)).isEqualTo("jkl.....");
    }

    @Test
    @DisplayName("A write is one datagram, gathered from its segments")
    void shouldSendOneDatagram() throws IOException {
        MemorySegment large = bench.arena.allocate(60_000).fill((byte) 'x');
        PeripheralConfig bursts = PeripheralConfig.write(Peripheral.of(near)).withBurst(1000);
        expect(bench.result(bench.begin(bursts, large)), Outcome.COMPLETE, 60_000);
        ByteBuffer received = ByteBuffer.allocate(65_536);
        far.receive(received);
        assertThat(received.position()).isEqualTo(60_000);

        Transfer gathered =
                bench.write(Peripheral.of(near), bench.memory("ab"), bench.memory("cde"));
        expect(bench.result(gathered), Outcome.COMPLETE, 5);
        received.clear();
        far.receive(received);
        assertThat(received.position()).isEqualTo(5);
        assertThat(new String(received.array(), 0, 5, US_ASCII)).isEqualTo("abcde");
    }

    @Test
    @DisplayName(
            "P9: what is longer than any datagram, and a peer that is gone, are told as they are")
    void shouldTellErrors() throws IOException {
        TransferResult tooLong =
                bench.result(bench.write(Peripheral.of(near), bench.arena.allocate(100_000)));
        expect(tooLong, Outcome.WRITE_FAILED, 0);
        assertThat(tooLong.error().orElseThrow().nativeCode()).isEqualTo(Errno.EMSGSIZE);

        far.close();
        MemorySegment memory = bench.memory("ping");
        expect(bench.result(bench.write(Peripheral.of(near), memory)), Outcome.COMPLETE, 4);
        // The answer to that, on the loopback, is there already.
        TransferResult refused = bench.result(bench.read(Peripheral.of(near), memory));
        expect(refused, Outcome.READ_FAILED, 0);
        assertThat(refused.error().orElseThrow().nativeCode()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(refused.error().orElseThrow().message()).contains("nobody listens");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "C4, E1: a blocked receive is stopped, its memory is free, and no datagram is lost")
    void shouldStopBlockedReceive(boolean blocking) throws IOException {
        near.configureBlocking(blocking);
        SocketAddress peer = near.getRemoteAddress();
        for (int segments = 1; segments <= 2; segments++) {
            MemorySegment memory = bench.arena.allocate(8);
            Transfer transfer =
                    segments == 1
                            ? bench.read(Peripheral.of(near), memory)
                            : bench.read(
                                    Peripheral.of(near), memory.asSlice(0, 4), memory.asSlice(4));
            bench.settle();
            bench.channel.terminateSync();
            expect(bench.result(transfer), Outcome.ABORTED, 0);
            bench.freed(memory);
            send("later");
            MemorySegment other = bench.arena.allocate(8);
            expect(bench.result(bench.read(Peripheral.of(near), other)), Outcome.COMPLETE, 5);
        }
        assertThat(near.getRemoteAddress()).isEqualTo(peer);
    }

    @Test
    @DisplayName("C13: a receive that is paused takes its datagram when it is resumed")
    void shouldPauseReceive() throws IOException {
        MemorySegment memory = bench.arena.allocate(8);
        Transfer transfer = bench.read(Peripheral.of(near), memory);
        bench.settle();
        bench.channel.pause();
        send("paused");
        bench.settle();
        assertThat(transfer.result()).isEmpty();
        bench.channel.resume();
        expect(bench.result(transfer), Outcome.COMPLETE, 6);
    }

    @Test
    @DisplayName("More segments than one call takes are refused at the door")
    void shouldRefuseManySegments() {
        PeripheralConfig config = PeripheralConfig.read(Peripheral.of(near));
        MemorySegment byteOfIt = bench.arena.allocate(1);
        List<MemorySegment> many = Collections.nCopies(17, byteOfIt);
        assertThatThrownBy(() -> bench.channel.prepPeripheralSg(config, many))
                .isInstanceOf(PrepRefusedException.class)
                .hasMessageContaining("16 segments");
        assertThat(bench.channel.prepPeripheralSg(config, many.subList(0, 16))).isNotNull();
    }
}
