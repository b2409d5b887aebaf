package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the journal of a running copy claims, and when. */
class CheckpointsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir Path folder;

    @Test
    @DisplayName("a claim for so many bytes, and one in so much time")
    void shouldClaimNeitherTooOftenNorTooMuch() throws IOException {
        AtomicLong nanos = new AtomicLong();
        Path target = folder.resolve("target");
        long step = Checkpoints.EVERY_BYTES;
        try (PartialFile partial = fresh(target);
                Checkpoints checkpoints = new Checkpoints(partial, nanos::get)) {
            checkpoints.reached(step - 1);
            checkpoints.reached(step);
            awaitClaims(target, step);

            nanos.addAndGet(Checkpoints.EVERY_NANOS - 1);
            checkpoints.reached(3 * step);
            nanos.incrementAndGet();
            checkpoints.reached(5 * step);
            awaitClaims(target, step, 5 * step);

            nanos.addAndGet(Checkpoints.EVERY_NANOS);
            checkpoints.reached(6 * step - 1);
            checkpoints.reached(6 * step);
            awaitClaims(target, step, 5 * step, 6 * step);
        }
    }

    @Test
    @DisplayName("a process that may have no more threads copies on")
    void shouldGoOnWithoutThread() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        ThreadFactory threads =
                body ->
                        new Thread(body) {
                            @Override
                            public void start() {
                                if (tries.incrementAndGet() == 1) {
                                    throw new OutOfMemoryError("unable to create native thread");
                                }
                                super.start();
                            }
                        };
        Path target = folder.resolve("target");
        long step = Checkpoints.EVERY_BYTES;
        try (PartialFile partial = fresh(target);
                Checkpoints checkpoints = new Checkpoints(partial, System::nanoTime, threads)) {
            checkpoints.reached(step);
            assertThat(claims(target)).isEmpty();
            checkpoints.reached(2 * step);
            awaitClaims(target, 2 * step);
        }
    }

    private static PartialFile fresh(Path target) throws IOException {
        return PartialFile.fresh(
                Destination.of(target), SourceIdentity.ofStream(), OwnFile.OWNER_ONLY, false);
    }

    private static void awaitClaims(Path target, Long... safeBytes) {
        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(claims(target)).containsExactly(safeBytes));
    }

    private static List<Long> claims(Path target) throws IOException {
        Path journal = Siblings.journal(target);
        if (!Files.exists(journal)) {
            return List.of();
        }
        return Files.readAllLines(journal).stream()
                .flatMap(line -> Json.parse(line).stream())
                .filter(entry -> entry.get("safe") instanceof Number)
                .map(entry -> ((Number) entry.get("safe")).longValue())
                .toList();
    }
}
