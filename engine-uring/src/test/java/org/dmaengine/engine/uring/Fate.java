package org.dmaengine.engine.uring;

/** What a test makes of an entry that the fake kernel has taken. */
sealed interface Fate {
    /** As the kernel would. */
    record Run() implements Fate {}

    /** At most so many bytes are moved. */
    record Shorten(int bytesMax) implements Fate {}

    /** Nothing is done; this is the answer. */
    record Answer(int result) implements Fate {}

    /** It stays in the kernel, as if a device worked on it, until the test goes on with it. */
    record Hold() implements Fate {}

    Fate RUN = new Run();
    Fate HOLD = new Hold();

    static Fate answer(int result) {
        return new Answer(result);
    }

    static Fate shorten(int bytesMax) {
        return new Shorten(bytesMax);
    }
}
