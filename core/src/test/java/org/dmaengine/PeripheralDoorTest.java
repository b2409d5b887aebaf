package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.PrepRefusedException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/** What prep says about sockets that carry messages, listen, or are not connected yet. */
class PeripheralDoorTest {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void expectRefused(Peripheral peripheral, Command command, String wayOut) {
        assertThatThrownBy(() -> bench.channel.prepCommand(peripheral, command))
                .isInstanceOfSatisfying(
                        PrepRefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.CAPABILITY))
                .hasMessageContaining(wayOut);
    }

    @Test
    @DisplayName("A transfer without any buffer is refused like one of an empty buffer")
    void shouldRefuseNoBuffers() throws IOException {
        Pipe pipe = Pipe.open();
        try (Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel _ = pipe.sink()) {
            PeripheralConfig config = PeripheralConfig.read(Peripheral.of(source));
            for (List<MemorySegment> none :
                    List.of(List.<MemorySegment>of(), List.of(bench.target.asSlice(0, 0)))) {
                assertThatThrownBy(() -> bench.channel.prepPeripheralSg(config, none))
                        .isInstanceOfSatisfying(
                                PrepRefusedException.class,
                                refused -> assertThat(refused.reason()).isEqualTo(Reason.BOUNDS));
            }
        }
    }

    @Test
    @DisplayName("A socket without a peer, and a cyclic transfer of messages, are refused")
    void shouldRefuseMessagesThatCannotBe() throws IOException {
        try (DatagramChannel socket = DatagramChannel.open().bind(ANY)) {
            Peripheral messages = Peripheral.of(socket);
            assertThat(messages).isInstanceOf(Peripheral.Messages.class);
            assertThat(messages.kind()).isEqualTo(OperationKind.STREAM);
            PeripheralConfig read = PeripheralConfig.read(messages);
            assertThatThrownBy(() -> bench.channel.prepPeripheralSg(read, List.of(bench.target)))
                    .isInstanceOf(PrepRefusedException.class)
                    .hasMessageContaining("connect");
            socket.connect(socket.getLocalAddress());
            assertThat(bench.channel.prepPeripheralSg(read, List.of(bench.target))).isNotNull();
            assertThatThrownBy(() -> bench.channel.prepCyclic(read, bench.target, 8, _ -> {}))
                    .isInstanceOf(PrepRefusedException.class)
                    .hasMessageContaining("repeat prepPeripheralSg");
        }
    }

    @Test
    @DisplayName("What carries a stream is no peripheral of messages, and the other way round")
    void shouldTellStreamsAndMessagesApart() throws IOException {
        try (SocketChannel stream = SocketChannel.open();
                DatagramChannel messages = DatagramChannel.open()) {
            assertThatThrownBy(() -> new Peripheral.Messages(stream))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Peripheral.of");
            assertThatThrownBy(() -> new Peripheral.Stream(messages))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Peripheral.Messages");
        }
    }

    @Test
    @DisplayName("A listener carries no bytes, and accepts only where it is bound and cannot block")
    void shouldCheckListener() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        Peripheral peripheral = Peripheral.of(listener);
        Command accept = new Command.Accept();
        try (listener) {
            PeripheralConfig read = PeripheralConfig.read(peripheral);
            assertThatThrownBy(() -> bench.channel.prepPeripheralSg(read, List.of(bench.target)))
                    .isInstanceOf(PrepRefusedException.class)
                    .hasMessageContaining("Command.Accept");
            expectRefused(peripheral, accept, "bind");
            listener.bind(ANY);
            expectRefused(peripheral, accept, "configureBlocking(false)");
            listener.configureBlocking(false);
            Descriptor descriptor = bench.channel.prepCommand(peripheral, accept);
            assertThat(descriptor.operation().kind()).isEqualTo(OperationKind.STREAM);
            expectRefused(peripheral, new Command.Connect(ANY), "a stream socket");
            expectRefused(Peripheral.of(Pipe.open().sink()), accept, "a server socket");
        }
        expectRefused(peripheral, accept, ClosedChannelException.class.getName());
    }

    @Test
    @DisplayName("A socket is connected once, without blocking, to an address that was looked up")
    void shouldCheckSocketToConnect() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(ANY);
                SocketChannel socket = SocketChannel.open()) {
            Peripheral peripheral = Peripheral.of(socket);
            Command connect = new Command.Connect(listener.getLocalAddress());
            expectRefused(peripheral, connect, "configureBlocking(false)");
            socket.configureBlocking(false);
            assertThat(bench.channel.prepCommand(peripheral, connect)).isNotNull();
            InetSocketAddress unresolved = InetSocketAddress.createUnresolved("localhost", 1);
            expectRefused(peripheral, new Command.Connect(unresolved), "new InetSocketAddress");
            socket.configureBlocking(true);
            socket.connect(listener.getLocalAddress());
            expectRefused(peripheral, connect, "open another");
        }
    }

    @Test
    @DisplayName("Accept gives each connection once, closes what nobody took, and never blocks")
    void shouldGiveConnectionOnce() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(ANY)) {
            Command.Accept accept = new Command.Accept();
            assertThatThrownBy(() -> accept.attempt(listener))
                    .isInstanceOf(IllegalBlockingModeException.class);
            listener.configureBlocking(false);
            assertThat(accept.attempt(listener)).isFalse();
            assertThat(accept.take()).isEmpty();
            try (SocketChannel untaken = SocketChannel.open(listener.getLocalAddress())) {
                assertThat(accept.attempt(listener)).isTrue();
                try (SocketChannel taken = SocketChannel.open(listener.getLocalAddress())) {
                    assertThat(accept.attempt(listener)).isTrue();
                    // The end of the one that was dropped.
                    assertThat(untaken.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                    try (SocketChannel accepted = accept.take().orElseThrow()) {
                        assertThat(accepted.getRemoteAddress()).isEqualTo(taken.getLocalAddress());
                    }
                    assertThat(accept.take()).isEmpty();
                }
            }
        }
    }
}
