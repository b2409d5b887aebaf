package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** What a termination took out of the queue gets its outcome, also if memory runs out meanwhile. */
class WithdrawOutOfMemoryTest {
    private static final int DEPTH = 1 << 15;

    @TempDir private Path folder;

    @Test
    @DisplayName("C2, C16: where memory runs out, whoever looks next gives the outcomes")
    void shouldEndWithdrawnWhenThereIsMemoryAgain() throws Exception {
        Path output = folder.resolve("output");
        String classes = location(DmaEngines.class) + ":" + location(ManualEngine.class);
        Process other =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx24m",
                                "-XX:+UseSerialGC",
                                "-ea",
                                "-cp",
                                classes,
                                WithdrawOutOfMemoryTest.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = other.waitFor(Bench.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        other.destroyForcibly();

        assertThat(ended + "\n" + Files.readString(output, UTF_8))
                .isEqualTo("true\nout of memory\nABORTED ABORTED\nclosed\n");
    }

    private static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** In a Java of its own, whose heap is small. */
    public static void main(String[] arguments) {
        DmaEngine engine = DmaEngines.open(ManualEngine.ofChannels(1), EngineOptions.defaults());
        DmaChannel channel =
                engine.requestChannel(ChannelRequest.of(Capability.MEMCPY).withDepth(DEPTH));
        DmaArena arena = DmaArena.open();
        MemorySegment memory = arena.allocate(16);
        for (int i = 0; i < DEPTH; i++) {
            channel.tryMemcpy(memory, 0, memory, 8, 8);
        }
        channel.terminateAsync();
        synchronizeWithoutMemory(channel);
        channel.drain();
        System.out.println(channel.state(1) + " " + channel.state(DEPTH));
        arena.close();
        System.out.println("closed");
    }

    private static void synchronizeWithoutMemory(DmaChannel channel) {
        // More than there is.
        byte[][] filled = new byte[1024][];
        try {
            for (int i = 0; i < filled.length; i++) {
                filled[i] = new byte[1 << 16];
            }
        } catch (OutOfMemoryError full) {
            try {
                channel.synchronize();
            } catch (OutOfMemoryError expected) {
                Arrays.fill(filled, null);
                System.out.println("out of memory");
            }
        }
    }
}
