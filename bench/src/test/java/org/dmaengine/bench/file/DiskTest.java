package org.dmaengine.bench.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.bench.BenchSite;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class DiskTest {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @Test
    void shouldTakeForADiskWhatKeepsBytes() {
        assertThat(List.of("tmpfs", "ramfs")).allMatch(Disk::isInMemory);
        assertThat(List.of("ext4", "xfs", "btrfs", "overlay", "nfs4")).noneMatch(Disk::isInMemory);
    }

    @Test
    void shouldSkipWhatIsAboutADiskWhereThereIsNone() throws Exception {
        assumeTrue(
                Files.isWritable(SHARED_MEMORY)
                        && Disk.isInMemory(Files.getFileStore(SHARED_MEMORY).type()),
                "this machine has no file system in memory");
        Path work = Files.createTempDirectory(SHARED_MEMORY, "dmaengine-bench-");
        try {
            requireSkipped(BenchSite.at(work));
            assertThat(work).isEmptyDirectory();
        } finally {
            Files.delete(work);
        }
    }

    private static void requireSkipped(Site site) {
        for (Case each : new FileSuite(false).cases()) {
            if (each.name().startsWith("direct") || each.name().endsWith("the disk")) {
                Stream.concat(Stream.of(each.ours()), each.peers().stream())
                        .forEach(entry -> requireSkipped(each, entry, site));
            }
        }
    }

    private static void requireSkipped(Case each, Entry entry, Site site) {
        assertThatExceptionOfType(Skip.class)
                .as("%s, %s", each.name(), entry.name())
                .isThrownBy(() -> entry.opening().open(site))
                .withMessageContaining("is in memory (");
    }
}
