package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A signal that comes when all is done and told changes nothing. */
class LateSignalTest {
    private static final int CODE = 7;

    @Test
    void shouldEndWithTheCodeOfACommandThatIsOver() throws Exception {
        Process done =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Done.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            assertThat(done.getInputStream().read()).as("it is over").isEqualTo('.');

            // And nothing else: its input stays open.
            assertThat(done.toHandle().destroy()).isTrue();

            assertThat(done.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(done.exitValue()).isEqualTo(CODE);
        } finally {
            done.destroyForcibly();
        }
    }

    /** A command between its last word and its exit. */
    static final class Done {
        private Done() {}

        public static void main(String[] arguments) throws IOException {
            Interruption interruption = Interruption.ofProcess();
            interruption.finish(CODE);
            System.out.print('.');
            System.out.flush();
            // Until the signal; or until the test is over.
            int _ = System.in.read();
        }
    }
}
