package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/** The descriptor that is found is the channel's own, by what Linux says about it. */
class ChannelDescriptorsTest {
    private static UringCalls calls;

    @TempDir private Path folder;

    @BeforeAll
    static void link() {
        calls = LinkedCalls.orSkip();
    }

    @Test
    void shouldFindFile() throws Exception {
        Path path = Files.createFile(folder.resolve("file"));
        try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            assertThat(file(channel)).isEqualTo(path.toRealPath().toString());
        }
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            assertThat(file(file.getChannel())).isEqualTo(path.toRealPath().toString());
        }
    }

    @Test
    void shouldTellTwoChannelsOfOneFileApart() throws Exception {
        Path path = Files.createFile(folder.resolve("file"));
        try (var one = FileChannel.open(path, StandardOpenOption.WRITE);
                var other = FileChannel.open(path, StandardOpenOption.WRITE)) {
            one.position(7);
            other.position(8);

            assertThat(positionOf(one)).isEqualTo(7);
            assertThat(positionOf(other)).isEqualTo(8);
        }
    }

    @Test
    void shouldFindBothEndsOfPipe() throws Exception {
        Pipe pipe = Pipe.open();
        try (var source = pipe.source();
                var sink = pipe.sink()) {
            assertThat(file(source)).startsWith("pipe:").isEqualTo(file(sink));
            assertThat(calls.openFlags(calls.descriptorOf(source)) & 3).as("O_RDONLY").isEqualTo(0);
            assertThat(calls.openFlags(calls.descriptorOf(sink)) & 3).as("O_WRONLY").isEqualTo(1);
        }
    }

    @Test
    void shouldFindSocketsOfTcp() throws Exception {
        var loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.INET).bind(loopback)) {
            assertThat(file(server)).isEqualTo(socketIn("tcp", server.getLocalAddress()));
            try (var client = SocketChannel.open(server.getLocalAddress());
                    var accepted = server.accept()) {
                assertThat(file(client)).isEqualTo(socketIn("tcp", client.getLocalAddress()));
                assertThat(file(accepted)).isEqualTo(connectionTo(client.getLocalAddress()));
            }
        }
    }

    @Test
    void shouldFindSocketOfUdp() throws Exception {
        var loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (var channel = DatagramChannel.open(StandardProtocolFamily.INET).bind(loopback)) {
            assertThat(file(channel)).isEqualTo(socketIn("udp", channel.getLocalAddress()));
        }
    }

    @Test
    void shouldFindSocketOfUnixDomain() throws Exception {
        Path path = folder.resolve("socket");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            String line = lineWith(Path.of("/proc/net/unix"), " " + path);
            assertThat(file(server)).isEqualTo("socket:[" + line.split(" +", -1)[6] + "]");
        }
    }

    @Test
    void shouldSayThatClosedChannelsHaveNone() throws Exception {
        Path path = Files.createFile(folder.resolve("file"));
        Pipe pipe = Pipe.open();
        List<Channel> channels =
                List.of(
                        FileChannel.open(path),
                        new RandomAccessFile(path.toFile(), "rw").getChannel(),
                        pipe.source(),
                        pipe.sink(),
                        SocketChannel.open(),
                        ServerSocketChannel.open(),
                        DatagramChannel.open());
        for (Channel channel : channels) {
            assertThat(calls.descriptorOf(channel)).as("%s", channel).isNotNegative();
            channel.close();
            assertThat(calls.descriptorOf(channel)).as("%s", channel).isEqualTo(-Errno.EBADF);
        }
    }

    @Test
    void shouldNotGuessForOtherChannels() throws Exception {
        Path path = Files.createFile(folder.resolve("file"));
        try (var foreign = new ForeignChannel();
                var asynchronous = AsynchronousFileChannel.open(path)) {
            assertThat(calls.descriptorOf(foreign)).isEqualTo(-Errno.EOPNOTSUPP);
            assertThat(calls.descriptorOf(asynchronous)).isEqualTo(-Errno.EOPNOTSUPP);
        }
    }

    @Test
    void shouldAnswerManyThreadsAtOnce() throws Exception {
        try (var platform = Executors.newFixedThreadPool(4);
                var virtual = Executors.newVirtualThreadPerTaskExecutor();
                var one = DatagramChannel.open();
                var other = FileChannel.open(Files.createFile(folder.resolve("file")))) {
            int first = calls.descriptorOf(one);
            int second = calls.descriptorOf(other);
            assertThat(first).isNotEqualTo(second);
            Callable<Integer> asking =
                    () -> {
                        int wrong = 0;
                        for (int n = 0; n < 10_000; n++) {
                            wrong += calls.descriptorOf(one) == first ? 0 : 1;
                            wrong += calls.descriptorOf(other) == second ? 0 : 1;
                        }
                        return wrong;
                    };
            for (var pool : List.of(platform, virtual)) {
                for (var answer : pool.invokeAll(List.of(asking, asking, asking, asking))) {
                    assertThat(answer.get()).isZero();
                }
            }
        }
    }

    /** With the checks of JNI on, without compiled code, and with method handles shaped early. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xcheck:jni",
                "-Xint",
                "-XX:+UseSerialGC",
                "-Djava.lang.invoke.MethodHandle.CUSTOMIZE_THRESHOLD=3"
            })
    void shouldFindDescriptorsHoweverJavaRuns(String option) throws Exception {
        assertThat(OtherJava.run(folder, "--enable-native-access=ALL-UNNAMED", option))
                .isEqualTo("found\nexit 0");
    }

    /** What Linux says the channel's descriptor stands for. */
    private static String file(Channel channel) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/fd/" + calls.descriptorOf(channel)))
                .toString();
    }

    private static long positionOf(Channel channel) throws IOException {
        Path path = Path.of("/proc/self/fdinfo/" + calls.descriptorOf(channel));
        return Long.parseLong(lineWith(path, "pos:").substring("pos:".length()).trim());
    }

    /** What Linux calls the socket that is bound to this address. */
    private static String socketIn(String protocol, SocketAddress local) throws IOException {
        return socket(protocol, 1, local);
    }

    /** What Linux calls the socket that is connected to this address. */
    private static String connectionTo(SocketAddress remote) throws IOException {
        return socket("tcp", 2, remote);
    }

    private static String socket(String protocol, int column, SocketAddress address)
            throws IOException {
        int port = ((InetSocketAddress) address).getPort();
        String hexadecimal = HexFormat.of().withUpperCase().toHexDigits((short) port);
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("/proc/net/" + protocol)));
        Path six = Path.of("/proc/net/" + protocol + "6");
        lines.addAll(Files.exists(six) ? Files.readAllLines(six) : List.of());
        return lines.stream()
                .map(line -> line.trim().split(" +", -1))
                .filter(columns -> columns[column].endsWith(":" + hexadecimal))
                .map(columns -> "socket:[" + columns[9] + "]")
                .findFirst()
                .orElseThrow();
    }

    private static String lineWith(Path path, String text) throws IOException {
        return Files.readAllLines(path).stream()
                .filter(line -> line.contains(text))
                .findFirst()
                .orElseThrow();
    }
}
