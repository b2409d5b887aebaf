package org.dmaengine.testkit;

import org.dmaengine.EngineOptions;
import org.dmaengine.spi.EngineProvider;

import java.time.Duration;

/**
 * The engine under test, and how the suite is to treat it.
 *
 * @param provider opens it; each test opens a fresh one
 * @param options what it is opened with
 * @param slowOptions the same engine made slow enough that a copy of {@code longCopyBytes} takes
 *     some 50 to 200 ms, so that it can be caught half-way
 * @param longCopyBytes the length of a long copy
 * @param deadline how long anything that must happen may take, before it counts as never
 * @param rounds how often the random tests go round
 */
public record ContractSubject(
        EngineProvider provider,
        EngineOptions options,
        EngineOptions slowOptions,
        long longCopyBytes,
        Duration deadline,
        int rounds) {

    private static final long LONG_COPY_DEFAULT_BYTES = 32L << 20;
    private static final Duration DEADLINE_DEFAULT = Duration.ofSeconds(10);
    private static final int ROUNDS_DEFAULT = 200;

    /** An engine with its default options, which is not slowed down. */
    public static ContractSubject of(EngineProvider provider) {
        EngineOptions options = EngineOptions.defaults();
        return new ContractSubject(
                provider,
                options,
                options,
                LONG_COPY_DEFAULT_BYTES,
                DEADLINE_DEFAULT,
                ROUNDS_DEFAULT);
    }

    /** Opened with these options, slow or not. */
    public ContractSubject withOptions(EngineOptions newOptions) {
        return new ContractSubject(
                provider, newOptions, newOptions, longCopyBytes, deadline, rounds);
    }

    /** With a way to slow it down, and the length that is then long. */
    public ContractSubject withSlow(EngineOptions newSlowOptions, long newLongCopyBytes) {
        return new ContractSubject(
                provider, options, newSlowOptions, newLongCopyBytes, deadline, rounds);
    }

    /** With another deadline; a short one for engines that are expected to fail. */
    public ContractSubject withDeadline(Duration newDeadline) {
        return new ContractSubject(
                provider, options, slowOptions, longCopyBytes, newDeadline, rounds);
    }

    /** With more or fewer rounds of the random tests. */
    public ContractSubject withRounds(int newRounds) {
        return new ContractSubject(
                provider, options, slowOptions, longCopyBytes, deadline, newRounds);
    }
}
