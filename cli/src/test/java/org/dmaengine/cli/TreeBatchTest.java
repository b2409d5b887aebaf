package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** When the files of a tree get their names, and when they are told as safe. */
class TreeBatchTest {
    private static final int THREADS = 4;

    @TempDir Path scratch;

    private final AtomicLong nanos = new AtomicLong();
    private final CopyReport report = new CopyReport();
    private final CopyEngine engine =
            new CopyEngine(
                    () -> {
                        throw new AssertionError("nothing needs an engine");
                    },
                    new Interruption(),
                    new RateLimit(0, System::nanoTime));
    private Path target = Path.of("");
    private SourceIdentity source = SourceIdentity.ofStream();
    private @Nullable TreeJournal journal;
    private @Nullable FileSystemSync sync;

    @BeforeEach
    void makeTarget() throws IOException {
        target = Files.createDirectory(scratch.resolve("target"));
        source = SourceIdentity.of(target);
        journal = TreeJournal.fresh(target, target);
    }

    @AfterEach
    void closeAll() throws IOException {
        TreeJournal opened = journal;
        assertThat(opened).isNotNull();
        opened.close();
        FileSystemSync syncing = sync;
        if (syncing != null) {
            syncing.close();
        }
    }

    @Test
    void shouldNameNothingBeforeAllIsForcedAndTellAfterTheirNamesAre() throws IOException {
        TreeRecord record = record(true);
        TreeBatch batch = batch(record, true);
        TargetFolder folder = folder(record);
        addFirst(TreeBatch.FILES_MAX - 1, batch, folder);
        assertThat(names()).isEmpty();
        assertThat(told()).doesNotContain("done");

        batch.add(whole(TreeBatch.FILES_MAX, folder));

        assertThat(names()).hasSize(TreeBatch.FILES_MAX);
        assertThat(told().split("\"done\"", -1)).hasSize(TreeBatch.FILES_MAX + 1);
        batch.close();
        assertThat(record.failures()).isZero();
        assertThat(TestFiles.leftOvers(target)).isEmpty();
    }

    @Test
    void shouldNotKeepFilesForLong() throws IOException {
        TreeRecord record = record(true);
        TreeBatch batch = batch(record, true);
        TargetFolder folder = folder(record);
        batch.add(whole(0, folder));
        nanos.addAndGet(Duration.ofMillis(999).toNanos());
        batch.add(whole(1, folder));
        assertThat(names()).isEmpty();

        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        batch.add(whole(2, folder));

        assertThat(names()).containsExactlyInAnyOrder("file-0", "file-1", "file-2");
        batch.add(whole(3, folder));
        assertThat(names()).hasSize(3);
        batch.close();
        assertThat(names()).hasSize(4);
        assertThat(told()).contains("file-3");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNameAtOnceWhatNothingElseForces(boolean forced) throws IOException {
        TreeRecord record = record(forced);
        TreeBatch batch = batch(record, false);
        TargetFolder folder = folder(record);
        folder.leave(true);

        batch.add(whole(0, folder));

        assertThat(names()).containsExactly("file-0");
        // Its name may be lost still, where somebody cares.
        assertThat(filesReported()).isEqualTo(forced ? 0 : 1);
        batch.close();
        assertThat(filesReported()).isEqualTo(1);
        assertThat(record.failures()).isZero();
    }

    @Test
    void shouldNameNoFileThatMayNotBeOnDisk() throws Exception {
        TreeRecord record = record(true);
        batch(record, true).close();
        TargetFolder folder = folder(record);
        try (FileSystemSync closed =
                new FileSystemSync(LinuxCalls.link(), -1, FileSystemType.device(target))) {
            TreeBatch broken = new TreeBatch(new Publishing(record, closed), nanos::get, 1024);
            addFirst(Publishing.TOGETHER_MIN, broken, folder);

            broken.close();
        }

        assertThat(names()).isEmpty();
        assertThat(TestFiles.leftOvers(target)).isEmpty();
        assertThat(record.failures()).isEqualTo(Publishing.TOGETHER_MIN);
        assertThat(told()).doesNotContain("done");
        assertThat(filesReported()).isZero();
    }

    @Test
    void shouldForceEachFileAndFolderForItselfOnceTheOneCallHasFailed() throws Exception {
        TreeRecord record = record(true);
        // What makes it fail for good makes it fail once, too.
        try (FileSystemSync failing =
                new FileSystemSync(LinuxCalls.link(), -1, FileSystemType.device(target))) {
            sync = failing;
            TreeBatch batch = new TreeBatch(new Publishing(record, failing), nanos::get, 1024);
            TargetFolder folder = folder(record);
            addFirst(TreeBatch.FILES_MAX, batch, folder);
            assertThat(names()).isEmpty();
            assertThat(record.failures()).isEqualTo(TreeBatch.FILES_MAX);

            addFirst(TreeBatch.FILES_MAX, batch, folder);
            batch.close();

            assertThat(names()).hasSize(TreeBatch.FILES_MAX);
            assertThat(filesReported()).isEqualTo(TreeBatch.FILES_MAX);
            assertThat(record.failures()).isEqualTo(TreeBatch.FILES_MAX);
            Files.move(target, scratch.resolve("moved"));
            folder.leave(true);
            assertThat(record.failures())
                    .as("the folder was opened, to be forced")
                    .isEqualTo(TreeBatch.FILES_MAX + 1);
        } finally {
            sync = null;
        }
    }

    @Test
    void shouldNotWaitForTheWritesOfOthersForAFewFiles() throws Exception {
        TreeRecord record = record(true);
        TreeBatch batch = batch(record, true);
        TargetFolder folder = folder(record);
        FileSystemSync unused = sync;
        assertThat(unused).isNotNull();
        addFirst(Publishing.TOGETHER_MIN - 1, batch, folder);

        batch.close();
        folder.leave(true);

        assertThat(unused.isUsed()).isFalse();
        assertThat(names()).hasSize(Publishing.TOGETHER_MIN - 1);
        assertThat(filesReported()).isEqualTo(Publishing.TOGETHER_MIN - 1);
        assertThat(record.failures()).isZero();
        assertThat(TestFiles.leftOvers(target)).isEmpty();
    }

    @Test
    void shouldTellOfOneThatCannotGetItsNameAndNameTheRest() throws IOException {
        TreeRecord record = record(true);
        TreeBatch batch = batch(record, true);
        TargetFolder folder = folder(record);
        addFirst(3, batch, folder);
        Files.createDirectories(target.resolve("file-1").resolve("inside"));

        batch.close();

        assertThat(record.failures()).isEqualTo(1);
        assertThat(filesReported()).isEqualTo(2);
        assertThat(told()).contains("file-0", "file-2").doesNotContain("file-1");
        assertThat(TestFiles.leftOvers(target)).isEmpty();
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldEndAndKeepNobodyWaitingIfFlushingThrows() throws IOException {
        TreeRecord record = record(true);
        TreeBatch batch = batch(record, true);
        TargetFolder folder = folder(record);
        folder.enter();
        // As if nothing could be loaded any more, not even what is needed to tell of that.
        WholeFile broken = new WholeFile(null, new FileCopy.Named(0, 0));
        batch.add(new TreeBatch.File(broken, folder));

        addFirst(3 * TreeBatch.FILES_MAX, batch, folder);
        batch.close();

        assertThat(record.isOver()).isTrue();
        assertThatThrownBy(record::requireNoEnd).isInstanceOf(NullPointerException.class);
        assertThat(names()).hasSizeGreaterThan(2 * TreeBatch.FILES_MAX);
    }

    @Test
    void shouldCountFilesThatTheJournalCannotName() throws IOException {
        TreeRecord record = record(true);
        TreeBatch batch = batch(record, true);
        TargetFolder folder = folder(record);
        batch.add(whole(0, folder));
        batch.add(whole(1, folder));
        TreeJournal opened = journal;
        assertThat(opened).isNotNull();
        opened.close();

        batch.close();

        assertThat(names()).hasSize(2);
        assertThat(filesReported()).isEqualTo(2);
        assertThat(record.failures()).isZero();
    }

    @Test
    void shouldBoundWhatIsOpenAndLoseNothingOfManyThreads() throws Exception {
        TreeRecord record = record(true);
        TreeBatch batch = batch(record, true);
        TargetFolder folder = folder(record);
        int each = 3 * TreeBatch.FILES_MAX;
        int all = THREADS * each;
        long most = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int first = t * each;
                running.add(
                        threads.submit(() -> {
                            for (int i = first; i < first + each; i++) {
                                batch.add(whole(i, folder));
                            }
                            return true;
                        }));
            }
            while (running.stream().anyMatch(one -> !one.isDone())) {
                most = Math.max(most, partialNames());
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
        batch.close();

        assertThat(names()).hasSize(all);
        assertThat(filesReported()).isEqualTo(all);
        // A look at a folder that changes meanwhile may count a file twice; so there is room.
        assertThat(most).isLessThanOrEqualTo(3 * TreeBatch.FILES_MAX);
        assertThat(record.failures()).isZero();
        record.requireNoEnd();
    }

    private TreeRecord record(boolean forced) {
        TreeJournal opened = journal;
        assertThat(opened).isNotNull();
        return new TreeRecord(opened, report, new Interruption(), forced);
    }

    private TreeBatch batch(TreeRecord record, boolean together) throws IOException {
        if (!together) {
            return new TreeBatch(new Publishing(record, null), nanos::get, 1024);
        }
        Optional<FileSystemSync> found = FileSystemSync.of(target);
        assumeTrue(found.isPresent(), "syncfs(2) is not to be had, or not to be trusted here");
        sync = found.get();
        return new TreeBatch(new Publishing(record, sync), nanos::get, 1024);
    }

    private TargetFolder folder(TreeRecord record) {
        return new TargetFolder(null, Path.of(""), target, true, Optional.empty(), sync, record);
    }

    private void addFirst(int files, TreeBatch batch, TargetFolder folder) throws IOException {
        for (int i = 0; i < files; i++) {
            batch.add(whole(i, folder));
        }
    }

    private TreeBatch.File whole(int number, TargetFolder folder) throws IOException {
        String name = "file-" + number;
        PartialFile partial =
                PartialFile.fresh(
                        Destination.inNewFolder(target.resolve(name), "tag"),
                        source,
                        OwnFile.OWNER_ONLY,
                        false);
        partial.file().channel().write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        folder.enter();
        return new TreeBatch.File(new WholeFile(partial, new FileCopy.Named(3, 0)), folder);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(target)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList();
        }
    }

    private long partialNames() {
        String[] all = target.toFile().list();
        return all == null ? 0 : Stream.of(all).filter(name -> name.startsWith(".")).count();
    }

    private String told() throws IOException {
        return Files.readString(Siblings.journal(target));
    }

    private long filesReported() {
        return ((Number) report.toJson(engine, 1).get("files")).longValue();
    }
}
