package org.dmaengine.bench.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.bench.Skip;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class FileSuiteTest {
    @TempDir private Path folder;

    @Test
    void shouldKnowWhichCasesCopy() {
        assertThat(new FileSuite(true).cases())
                .filteredOn(FileSuite::copies)
                .hasSize(8)
                .allSatisfy(each -> assertThat(each.name()).containsAnyOf("4 GiB", "20,000 files"));
    }

    @Test
    void shouldRefuseWhatHasNoRoom() throws Exception {
        FileSuite.requireRoom(folder, 1);
        assertThatThrownBy(() -> FileSuite.requireRoom(folder, Long.MAX_VALUE))
                .isInstanceOf(Skip.class)
                .hasMessageContaining(folder.toString());
    }
}
