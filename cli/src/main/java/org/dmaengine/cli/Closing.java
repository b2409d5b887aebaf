package org.dmaengine.cli;

import org.dmaengine.DmaException;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/** An attempt to free memory, which may be refused. */
final class Closing {
    private Closing() {}

    /** What {@code close} said, or nothing if it did its work. */
    static Optional<String> refusal(Runnable close) {
        try {
            close.run();
            return Optional.empty();
        } catch (IllegalStateException | DmaException refused) {
            return Optional.of(words(refused));
        }
    }

    /** An exception in a few words; of none it says so. */
    static String words(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "no cause";
        }
        String name = thrown.getClass().getSimpleName();
        return thrown.getMessage() == null ? name : name + ": " + thrown.getMessage();
    }
}
