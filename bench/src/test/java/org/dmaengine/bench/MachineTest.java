package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class MachineTest {
    @TempDir private Path folder;

    @Test
    void shouldTellWhatDecidesAboutFigures() throws Exception {
        Machine machine = Machine.here(4, BenchSite.at(folder), List.of("file"));
        assertThat(machine.facts())
                .containsEntry("processors", 4)
                .containsEntry("command", "./dmaengine bench file")
                .containsKeys("hugePages", "cacheDropped", "revision");
        assertThat(machine.facts().get("fileSystem").toString())
                .isEqualTo(Files.getFileStore(folder).type() + " of " + folder);
        assertThat(machine.text()).contains("hugePages ", "cacheDropped ");
    }

    @Test
    void shouldQuoteWhatAShellWouldTakeApart() {
        List<String> arguments = List.of("--filter", "round trip", "--json=it's.json", "");
        assertThat(Machine.command(arguments))
                .isEqualTo("./dmaengine bench --filter 'round trip' '--json=it'\\''s.json' ''");
    }

    @Test
    void shouldTellTheVersionWhereThereIsNoCommit() throws Exception {
        assertThat(Machine.revision(folder)).isEqualTo("unknown");
        Files.writeString(folder.resolve("pom.xml"), "<version>1.2</version><version>3</version>");
        assertThat(Machine.revision(folder)).isEqualTo("1.2");
    }
}
