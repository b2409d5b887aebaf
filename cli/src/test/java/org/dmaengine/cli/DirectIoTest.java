package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class DirectIoTest {
    @TempDir Path folder;

    @Test
    void shouldDoNoneWhereNobodyTellsOfTheFileSystem() {
        assertThat(DirectIo.option(folder.resolve("missing"))).isEmpty();
    }
}
