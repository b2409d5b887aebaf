package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

class WarningsTest {
    @Test
    @DisplayName("E17: a handler of log records that throws loses no ring")
    void shouldSurviveHandlerThatThrows() {
        List<String> told = new ArrayList<>();
        Logger logger = Logger.getLogger("org.dmaengine");
        Handler throwing =
                new Handler() {
                    @Override
                    public void publish(LogRecord message) {
                        told.add(message.getMessage());
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        logger.addHandler(throwing);
        try {
            Warnings.log("{0} is slower", "it");
        } finally {
            logger.removeHandler(throwing);
        }

        assertThat(told).containsExactly("{0} is slower");
    }
}
