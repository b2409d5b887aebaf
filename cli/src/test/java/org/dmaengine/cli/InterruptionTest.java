package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Signals, to commands that have nothing to put in order, and to those that take long for it. */
class InterruptionTest {

    /** The command line, on a standard output that takes nothing: a command that never ends. */
    static final class Stalled {
        private Stalled() {}

        public static void main(String[] arguments) {
            System.setOut(
                    new PrintStream(
                            new OutputStream() {
                                @Override
                                public void write(int each) throws IOException {
                                    stall();
                                }
                            }));
            Main.main(arguments);
        }

        private static void stall() throws IOException {
            System.err.println("stalled");
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stop) {
                throw new IOException(stop);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "engines",
                "engines --json",
                "replay 7",
                "demo use-after-free --with socket"
            })
    @DisplayName("a command that leaves nothing behind ends at once, whatever it waits for")
    void shouldEndAtOnce(String command) throws IOException {
        try (Cli cli = Cli.startMain(Stalled.class, command.split(" ", -1))) {
            cli.awaitError("stalled");
            cli.signal("TERM");

            assertThat(cli.await().code()).isEqualTo(ExitCode.INTERRUPTED);
        }
    }

    @Test
    @DisplayName("an end that takes long is told of, once")
    void shouldSayOnceThatItStillWaits() {
        Interruption interruption = new Interruption();
        AtomicInteger told = new AtomicInteger();

        interruption.awaitFinish(
                1,
                () -> {
                    told.incrementAndGet();
                    interruption.finish(ExitCode.INTERRUPTED);
                });
        interruption.awaitFinish(1, told::incrementAndGet);

        assertThat(told).hasValue(1);
    }
}
