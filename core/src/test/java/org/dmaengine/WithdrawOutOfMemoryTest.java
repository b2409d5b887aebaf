package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** What a termination took out of the queue gets its outcome, also if memory runs out meanwhile. */
class WithdrawOutOfMemoryTest {
    private static final int DEPTH = 1 << 15;

    @TempDir private Path folder;

    @Test
    @DisplayName("C2, C16: where memory runs out, whoever looks next gives the outcomes")
    void shouldEndWithdrawnWhenThereIsMemoryAgain() throws Exception {
        assertThat(inSmallHeap("withdrawn"))
                .isEqualTo("true\nout of memory\nABORTED ABORTED\nclosed\n");
    }

    @Test
    @DisplayName("C4, C6: where memory runs out, what is on the engine is stopped and waited for")
    void shouldWaitForWhatIsOnEngine() throws Exception {
        assertThat(inSmallHeap("on the engine"))
                .isEqualTo("true\nout of memory\ntold to abort\nSTILL OWNED\nABORTED ABORTED\n");
    }

    private String inSmallHeap(String what) throws Exception {
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
                                WithdrawOutOfMemoryTest.class.getName(),
                                what)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = other.waitFor(Bench.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        other.destroyForcibly();

        return ended + "\n" + Files.readString(output, UTF_8);
    }

    private static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** In a Java of its own, whose heap is small. */
    public static void main(String[] arguments) {
        ManualEngine provider = ManualEngine.ofChannels(1);
        DmaEngine engine = DmaEngines.open(provider, EngineOptions.defaults());
        DmaChannel channel =
                engine.requestChannel(ChannelRequest.of(Capability.MEMCPY).withDepth(DEPTH));
        DmaArena arena = DmaArena.open();
        MemorySegment memory = arena.allocate(16);
        if (arguments[0].equals("withdrawn")) {
            withdraw(channel, memory);
            arena.close();
            System.out.println("closed");
        } else {
            // With all classes loaded.
            channel.terminateSync();
            stop(channel, memory, provider.channels.getFirst());
        }
    }

    private static void withdraw(DmaChannel channel, MemorySegment memory) {
        fill(channel, memory, DEPTH);
        channel.terminateAsync();
        withoutMemory(channel::synchronize);
        channel.drain();
        System.out.println(channel.state(1) + " " + channel.state(DEPTH));
    }

    private static void stop(DmaChannel channel, MemorySegment memory, ManualBackend backend) {
        fill(channel, memory, 1);
        channel.issuePending();
        backend.take();
        fill(channel, memory, DEPTH - 2);
        // Whose holder may be waiting, and so has its outcome at once.
        channel.submit(channel.prepMemcpy(memory.asSlice(0, 8), memory.asSlice(8)));
        withoutMemory(channel::terminateAsync);
        System.out.println(backend.aborts.get() > 0 ? "told to abort" : "not told");
        Quiescence early = channel.terminateSync(Duration.ZERO);
        System.out.println(early instanceof StillOwned ? "STILL OWNED" : early);
        backend.abortAll();
        channel.terminateSync();
        System.out.println(channel.state(1) + " " + channel.state(DEPTH));
    }

    private static void fill(DmaChannel channel, MemorySegment memory, int copies) {
        for (int i = 0; i < copies; i++) {
            channel.tryMemcpy(memory, 0, memory, 8, 8);
        }
    }

    private static void withoutMemory(Runnable call) {
        // More than there is.
        byte[][] filled = new byte[1024][];
        try {
            for (int i = 0; i < filled.length; i++) {
                filled[i] = new byte[1 << 16];
            }
        } catch (OutOfMemoryError full) {
            // Enough to begin with.
            filled[0] = null;
            try {
                call.run();
            } catch (OutOfMemoryError expected) {
                Arrays.fill(filled, null);
                System.out.println("out of memory");
            }
        }
    }
}
