package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The peers of bench/peers are built, have turns, and refuse what they do not understand. */
class PeersInCTest {
    // Pipelined, and one in flight.
    private static final List<String> COPIES = List.of("64 512 512 32 2000", "64 512 1 1 200");

    // Each source is built once.
    @TempDir private static Path work;
    private static Site site;
    private static String first;
    private static String second;

    @BeforeAll
    static void site() throws IOException {
        try {
            site = new Site(Cores.choose(List.of()), Path.of("peers"), work);
        } catch (Skip skip) {
            abort(skip.reason());
        }
        first = Integer.toString(site.cores().first());
        second = Integer.toString(site.cores().second());
    }

    @Test
    void shouldCopyThroughDpdk() throws IOException {
        turns(COPIES, "dmadev.c", first, second);
    }

    @Test
    void shouldCopyInline() throws IOException {
        turns(COPIES, "descriptor.c", "inline", first);
    }

    @Test
    void shouldCopyThroughARing() throws IOException {
        turns(COPIES, "descriptor.c", "ring", first, second);
    }

    @Test
    void shouldCopyLargeBlocksByEveryMethod() throws IOException {
        turns(List.of("memcpy 65536 hot 1 16", "memcpy 65536 cold 2 16"), "memory.c", "1048576");
        if (System.getProperty("os.arch").equals("amd64")) {
            List<String> methods =
                    List.of(
                            "movsb 65536 cold 1 64",
                            "stream 65537 hot 2 3",
                            "stream 65536 cold 2 9");
            turns(methods, "memory.c", "1048576", second, first);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"read", "write"})
    void shouldMoveAFileThroughARing(String direction) throws IOException {
        Path file = Files.write(work.resolve("file"), new byte[1 << 20]);
        turns(
                List.of("0.01 speed", "0.01 processor"),
                "ring.c",
                file.toString(),
                direction,
                "4096",
                "4",
                "random",
                "cached",
                first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wake", "cancel"})
    void shouldStopWhoWaits(String how) throws IOException {
        turns(List.of("0.01", "0.01"), "stop.c", how);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void shouldStopACopy(String workers) throws IOException {
        turns(List.of("0.01", "0.01"), "stop-copy.c", workers, "100", first, first);
    }

    @Test
    void shouldEndWithTheReasonAtATurnThatCannotBe() {
        assertThatIOException()
                .isThrownBy(() -> turns(List.of("64 1 2 1 10"), "descriptor.c", "inline", first))
                .withMessageContaining("BURST <= DEPTH <= SLOTS");
        assertThatIOException()
                .isThrownBy(() -> turns(List.of("memcpy 65536 hot 1 1"), "memory.c", "4096"))
                .withMessageContaining("memcpy 65536 hot 1 1");
    }

    private void turns(List<String> parameters, String source, String... arguments)
            throws IOException {
        try (PeerProcess peer = PeerProcess.ofSource(site, source, arguments)) {
            for (String each : parameters) {
                assertThat(peer.measure(each)).isPositive();
            }
        } catch (Skip skip) {
            abort(skip.reason());
        }
    }
}
