package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.dmaengine.Capability;
import org.dmaengine.Command;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Flag;
import org.dmaengine.OperationKind;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Receipt;
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
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Accept and connect, on sockets of the machine's own kernel. */
@Timeout(60)
class HandshakeTest {
    private KernelBench bench;
    private ServerSocketChannel listener;
    private SocketAddress address;
    private final List<SocketChannel> sockets = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        bench = new KernelBench();
        listener = ServerSocketChannel.open().bind(KernelBench.LOOPBACK, 1);
        listener.configureBlocking(false);
        address = listener.getLocalAddress();
    }

    @AfterEach
    void close() throws IOException {
        if (bench != null) {
            bench.close();
            listener.close();
            for (SocketChannel each : sockets) {
                each.close();
            }
        }
    }

    private SocketChannel socket() throws IOException {
        SocketChannel socket = SocketChannel.open();
        sockets.add(socket);
        socket.configureBlocking(false);
        return socket;
    }

    private SocketChannel client() throws IOException {
        SocketChannel client = SocketChannel.open(address);
        sockets.add(client);
        return client;
    }

    /** Now nobody answers any more: what waits to be accepted is more than may wait. */
    private void fillBacklog() throws IOException {
        for (int i = 0; i < 8; i++) {
            socket().connect(address);
        }
    }

    private void expect(Transfer transfer, Outcome outcome) {
        TransferResult result = bench.result(transfer);
        assertThat(result.outcome()).as("%s", result).isEqualTo(outcome);
    }

    @Test
    @DisplayName("C17: an accept ends when somebody has connected, and has the connection")
    void shouldAccept() throws IOException {
        Command.Accept accept = new Command.Accept();
        Transfer accepting = bench.begin(listener, accept);
        bench.settle();
        assertThat(accepting.result()).isEmpty();
        assertThat(accept.take()).isEmpty();
        SocketChannel client = client();
        expect(accepting, Outcome.COMPLETE);
        SocketChannel accepted = accept.take().orElseThrow();
        sockets.add(accepted);
        assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
    }

    @Test
    @DisplayName("A reusable accept gives one connection with each run")
    void shouldAcceptAgain() throws IOException {
        Command.Accept accept = new Command.Accept();
        Descriptor reusable =
                bench.channel.prepCommand(
                        Peripheral.of(listener), accept, Flag.INTERRUPT, Flag.ACK, Flag.REUSE);
        for (int i = 0; i < 3; i++) {
            SocketChannel client = client();
            Transfer accepting = bench.channel.submit(reusable);
            bench.channel.issuePending();
            expect(accepting, Outcome.COMPLETE);
            SocketChannel accepted = accept.take().orElseThrow();
            sockets.add(accepted);
            assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
        }
    }

    @Test
    @DisplayName("What somebody else has accepted first is waited for again")
    void shouldWaitAgainAfterSpuriousReadiness() throws IOException {
        try (DmaChannel other =
                bench.engine.requestChannel(Capability.PERIPHERAL, Capability.COMMAND)) {
            Command.Accept one = new Command.Accept();
            Command.Accept two = new Command.Accept();
            Transfer first = bench.begin(listener, one);
            Transfer second = other.submit(other.prepCommand(Peripheral.of(listener), two));
            other.issuePending();
            bench.settle();
            for (int i = 1; i <= 2; i++) {
                client();
                int ended = i;
                await().atMost(KernelBench.DEADLINE)
                        .until(() -> ended(first) + ended(second) == ended);
                bench.settle();
                assertThat(ended(first) + ended(second)).isEqualTo(i);
            }
            sockets.add(one.take().orElseThrow());
            sockets.add(two.take().orElseThrow());
        }
    }

    private static int ended(Transfer transfer) {
        return transfer.result().isPresent() ? 1 : 0;
    }

    @Test
    @DisplayName("C4, E1: a blocked accept is stopped, and who connects later is not lost")
    void shouldStopAccept() throws IOException {
        Command.Accept accept = new Command.Accept();
        Transfer accepting = bench.begin(listener, accept);
        bench.settle();
        Receipt receipt = bench.channel.terminateSync();
        expect(accepting, Outcome.ABORTED);
        assertThat(receipt.entries())
                .extracting(Receipt.Entry::kind)
                .containsExactly(OperationKind.STREAM);
        SocketChannel client = client();
        assertThat(accept.take()).isEmpty();
        SocketChannel accepted = listener.accept();
        sockets.add(accepted);
        assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
    }

    @Test
    @DisplayName("P9: an accept and a connect end when their sockets are closed")
    void shouldEndWithItsSocket() throws IOException {
        fillBacklog();
        SocketChannel socket = socket();
        Transfer connecting = bench.begin(socket, new Command.Connect(address));
        bench.settle();
        socket.close();
        expectClosed(connecting);
        ServerSocketChannel other = ServerSocketChannel.open().bind(KernelBench.LOOPBACK);
        other.configureBlocking(false);
        Transfer accepting = bench.begin(other, new Command.Accept());
        bench.settle();
        other.close();
        expectClosed(accepting);
    }

    private void expectClosed(Transfer transfer) {
        expect(transfer, Outcome.WRITE_FAILED);
        assertThat(bench.result(transfer).error().orElseThrow().nativeCode())
                .isEqualTo(Errno.EBADF);
    }

    @Test
    @DisplayName("C13: a paused accept takes its connection when it is resumed")
    void shouldPauseAccept() throws IOException {
        Command.Accept accept = new Command.Accept();
        Transfer accepting = bench.begin(listener, accept);
        bench.settle();
        bench.channel.pause();
        client();
        bench.settle();
        assertThat(accepting.result()).isEmpty();
        bench.channel.resume();
        expect(accepting, Outcome.COMPLETE);
        sockets.add(accept.take().orElseThrow());
    }

    @Test
    @DisplayName("A connect and what is written next take one doorbell")
    void shouldConnectInItsPlace() throws IOException {
        SocketChannel socket = socket();
        Peripheral stream = Peripheral.of(socket);
        Transfer connecting =
                bench.channel.submit(
                        bench.channel.prepCommand(stream, new Command.Connect(address)));
        Transfer writing =
                bench.channel.submit(
                        bench.channel.prepPeripheralSg(
                                PeripheralConfig.write(stream), List.of(bench.memory("hello"))));
        bench.channel.issuePending();
        expect(connecting, Outcome.COMPLETE);
        expect(writing, Outcome.COMPLETE);
        assertThat(socket.isConnected()).isTrue();
        listener.configureBlocking(true);
        SocketChannel accepted = listener.accept();
        sockets.add(accepted);
        ByteBuffer received = ByteBuffer.allocate(5);
        while (received.hasRemaining() && accepted.read(received) >= 0) {
            // Until all of it is there.
        }
        assertThat(new String(received.array(), US_ASCII)).isEqualTo("hello");
    }

    @Test
    @DisplayName("C4, E1: a connect that nobody answers is stopped; its socket can only be closed")
    void shouldStopConnect() throws IOException {
        fillBacklog();
        SocketChannel socket = socket();
        Transfer connecting = bench.begin(socket, new Command.Connect(address));
        bench.settle();
        assertThat(connecting.result()).isEmpty();
        bench.channel.terminateSync();
        expect(connecting, Outcome.ABORTED);
        assertThat(socket.isConnectionPending()).isTrue();
        MemorySegment memory = bench.memory("more");
        // The channel goes on with others.
        SocketChannel[] pair = pair();
        expect(bench.write(Peripheral.of(pair[0]), memory), Outcome.COMPLETE);
    }

    private SocketChannel[] pair() throws IOException {
        try (ServerSocketChannel other = ServerSocketChannel.open().bind(KernelBench.LOOPBACK)) {
            SocketChannel near = SocketChannel.open(other.getLocalAddress());
            sockets.add(near);
            SocketChannel far = other.accept();
            sockets.add(far);
            return new SocketChannel[] {near, far};
        }
    }

    @Test
    @DisplayName("P9: a refusal is told with its number and meaning, at once or later")
    void shouldTellRefusal() throws IOException {
        fillBacklog();
        Transfer waiting = bench.begin(socket(), new Command.Connect(address));
        bench.settle();
        // What is sent again, after about a second, is refused.
        listener.close();
        expectRefused(waiting);
        expectRefused(bench.begin(socket(), new Command.Connect(address)));
    }

    private void expectRefused(Transfer connecting) {
        TransferResult result = bench.result(connecting);
        assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
        assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(result.error().orElseThrow().message())
                .contains("ECONNREFUSED", "nobody listens", "connect");
    }

    @Test
    @DisplayName("A connect to nowhere is refused where it is made, and not by an engine's thread")
    void shouldRefuseNoAddress() {
        assertThatThrownBy(() -> new Command.Connect(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("address");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("P9: whatever a channel throws fails its command, and the worker goes on")
    void shouldFailOfAnyException(boolean late) throws IOException {
        try (FakeBench fake = new FakeBench(FakeOptions.workers())) {
            FakeSocketChannel broken =
                    new FakeSocketChannel(fake.kernel(), new FakePipe(10, true).sink());
            broken.configureBlocking(false);
            var thrown = new UnsupportedOperationException("no such network");
            broken.fail(late ? null : thrown, late ? thrown : null);
            DmaChannel channel = fake.channel();
            Transfer connecting =
                    channel.submit(
                            channel.prepCommand(
                                    Peripheral.of(broken), new Command.Connect(address)));
            channel.issuePending();
            TransferResult result = fake.outcome(connecting);
            assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(result.error().orElseThrow().cause()).contains(thrown);
            assertThat(result.error().orElseThrow().message()).contains("no such network");
            fake.round();
            broken.fail(null, null);
            Transfer again =
                    channel.submit(
                            channel.prepCommand(
                                    Peripheral.of(broken), new Command.Connect(address)));
            channel.issuePending();
            assertThat(fake.outcome(again).outcome()).isEqualTo(Outcome.COMPLETE);
            broken.close();
            fake.eventually(() -> fake.kernel().descriptorCount() == 2);
        }
    }

    @Test
    @DisplayName("P9: what was made blocking, or closed, since prep fails, and holds up nobody")
    void shouldNotBlock() throws IOException {
        SocketChannel socket = socket();
        Descriptor accept =
                bench.channel.prepCommand(Peripheral.of(listener), new Command.Accept());
        Descriptor connect =
                bench.channel.prepCommand(Peripheral.of(socket), new Command.Connect(address));
        SocketChannel closed = socket();
        Descriptor late =
                bench.channel.prepCommand(Peripheral.of(closed), new Command.Connect(address));
        listener.configureBlocking(true);
        socket.configureBlocking(true);
        closed.close();
        client();
        Transfer accepting = bench.channel.submit(accept);
        Transfer connecting = bench.channel.submit(connect);
        Transfer lost = bench.channel.submit(late);
        bench.channel.issuePending();
        for (Transfer each : List.of(accepting, connecting)) {
            expect(each, Outcome.WRITE_FAILED);
            assertThat(bench.result(each).error().orElseThrow().message())
                    .contains("IllegalBlockingMode");
        }
        expect(lost, Outcome.WRITE_FAILED);
        assertThat(bench.result(lost).error().orElseThrow().nativeCode()).isEqualTo(Errno.EBADF);
    }
}
