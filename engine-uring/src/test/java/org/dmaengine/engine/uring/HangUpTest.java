package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** P9: whoever is at the other end goes away, on the machine's own kernel. */
@Timeout(60)
class HangUpTest {
    private static final int EIO = 5;
    private static final int EPIPE = 32;
    private static final int ECONNRESET = 104;

    @Test
    @DisplayName(
            "P9: a peer that resets the connection fails the read that waits, and the write behind")
    void shouldTellOfReset() throws IOException {
        try (KernelBench bench = new KernelBench();
                ServerSocketChannel listener =
                        ServerSocketChannel.open().bind(KernelBench.LOOPBACK);
                SocketChannel near = SocketChannel.open(listener.getLocalAddress());
                SocketChannel far = listener.accept()) {
            Transfer waiting = bench.read(Peripheral.of(near), bench.arena.allocate(8));
            bench.settle();
            reset(far);
            requireReset(bench.result(waiting), Outcome.READ_FAILED, ECONNRESET);

            TransferResult write =
                    bench.result(bench.write(Peripheral.of(near), bench.memory("x")));
            // The kernel has told of the reset already.
            requireReset(write, Outcome.WRITE_FAILED, EPIPE);
        }
    }

    @Test
    @DisplayName("P9: a peer that resets the connection fails the write that waits for it")
    void shouldTellWriterOfReset() throws IOException {
        try (KernelBench bench = new KernelBench();
                ServerSocketChannel listener =
                        ServerSocketChannel.open().bind(KernelBench.LOOPBACK);
                SocketChannel near = SocketChannel.open(listener.getLocalAddress());
                SocketChannel far = listener.accept()) {
            // More than fits on the way.
            Transfer waiting = bench.write(Peripheral.of(near), bench.arena.allocate(64 << 20));
            bench.settle();
            reset(far);
            TransferResult result = bench.result(waiting);
            assertThat(result.bytes()).isLessThan(64 << 20);
            requireReset(result, Outcome.WRITE_FAILED, ECONNRESET, EPIPE);
        }
    }

    private static void reset(SocketChannel end) throws IOException {
        end.setOption(StandardSocketOptions.SO_LINGER, 0);
        end.close();
    }

    private static void requireReset(TransferResult result, Outcome outcome, Integer... numbers) {
        assertThat(result.outcome()).as("%s", result).isEqualTo(outcome);
        assertThat(result.error().orElseThrow().nativeCode()).isIn((Object[]) numbers);
        assertThat(result.error().orElseThrow().message())
                .containsAnyOf(
                        "ECONNRESET (104), the other side reset the connection",
                        "EPIPE (32), nobody reads the other end");
    }

    @Test
    @DisplayName("P9: a terminal that is hung up ends the read that waits for its input")
    void shouldEndWithTerminal() throws Exception {
        requireNoLeaderOfSession();
        Process terminal = terminal();
        try (KernelBench bench = new KernelBench();
                FileChannel slave = FileChannel.open(slaveOf(terminal))) {
            Transfer waiting = bench.read(Peripheral.of(slave), bench.arena.allocate(8));
            bench.settle();
            assertThat(waiting.result()).isEmpty();
            terminal.destroyForcibly().waitFor();
            TransferResult result = bench.result(waiting);
            assertThat(result.bytes()).isZero();
            // The kernel tells of the end, or of an error if the other end was gone first.
            if (result.outcome() != Outcome.COMPLETE) {
                assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.READ_FAILED);
                assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(EIO);
            }
        } finally {
            terminal.destroyForcibly();
        }
    }

    /** The terminal that it opens would be its own, and the hang-up would end this process. */
    private static void requireNoLeaderOfSession() throws IOException {
        String status = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ", 5);
        if (Long.parseLong(fields[3]) == ProcessHandle.current().pid()) {
            abort("this process leads its session");
        }
    }

    /** A program that holds the other end of a terminal of its own making. */
    private static Process terminal() {
        try {
            return new ProcessBuilder("script", "-qc", "sleep 100", "/dev/null").start();
        } catch (IOException no) {
            return abort("no program here that opens a terminal: " + no.getMessage());
        }
    }

    private static Path slaveOf(Process terminal) {
        return await().atMost(KernelBench.DEADLINE)
                .until(
                        () -> terminal.children().findFirst().flatMap(HangUpTest::input),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<Path> input(ProcessHandle process) {
        try {
            Path input = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/fd/0"));
            return Optional.of(input).filter(path -> path.startsWith("/dev/pts"));
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }
}
