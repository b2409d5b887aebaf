package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** A pump that ends before its time says so, and of what, before anybody sees its end. */
class PumpTest {
    @Test
    void shouldTellOfAnyEndOfItsInputThatIsNotItsEnd() throws IOException {
        for (Throwable why :
                new Throwable[] {
                    new OutOfMemoryError("no room"),
                    new IllegalStateException("no room"),
                    new IOException("no room")
                }) {
            try (InputPump pump = InputPump.start("test", () -> new Input(why))) {
                ByteBuffer bytes = ByteBuffer.allocate(100);
                while (pump.source().read(bytes) >= 0) {
                    // Once more, to its end.
                }

                assertThat(bytes.position()).isEqualTo(1);
                assertThat(pump.failure()).hasMessageContaining("no room");
            }
        }
    }

    @Test
    void shouldTellOfInputThatCannotBeOpened() throws IOException {
        try (InputPump pump =
                InputPump.start(
                        "test",
                        () -> {
                            throw new StackOverflowError("too deep");
                        })) {
            assertThat(pump.source().read(ByteBuffer.allocate(1))).isNegative();
            assertThat(pump.failure()).hasMessageContaining("too deep");
        }
    }

    @Test
    void shouldTellOfAnyEndOfItsOutputBeforeWritesFail() throws IOException {
        for (Throwable why :
                new Throwable[] {
                    new OutOfMemoryError("no room"),
                    new IllegalStateException("no room"),
                    new IOException("no room")
                }) {
            try (OutputPump pump = OutputPump.start(new Output(why))) {
                assertThatThrownBy(
                                () -> {
                                    while (true) {
                                        pump.sink().write(ByteBuffer.allocate(1000));
                                    }
                                })
                        .isInstanceOf(IOException.class);

                assertThat(pump.failure()).hasMessageContaining("no room");
                pump.finish(new Interruption());
                assertThat(pump.deliveredBytes()).isZero();
            }
        }
    }

    private static void fail(Throwable why) throws IOException {
        switch (why) {
            case IOException problem -> throw problem;
            case RuntimeException mistake -> throw mistake;
            case Error grave -> throw grave;
            case Throwable other -> throw new AssertionError(other);
        }
    }

    /** One byte, and then no more. */
    private static final class Input extends InputStream {
        private final Throwable why;
        private boolean given;

        Input(Throwable why) {
            this.why = why;
        }

        @Override
        public int read() {
            throw new AssertionError("nobody reads single bytes");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (given) {
                PumpTest.fail(why);
            }
            given = true;
            return 1;
        }
    }

    /** Takes nothing. */
    private static final class Output extends OutputStream {
        private final Throwable why;

        Output(Throwable why) {
            this.why = why;
        }

        @Override
        public void write(int one) {
            throw new AssertionError("nobody writes single bytes");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            PumpTest.fail(why);
        }
    }
}
