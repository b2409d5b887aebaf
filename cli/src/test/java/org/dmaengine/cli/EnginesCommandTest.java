package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.DmaEngines;
import org.dmaengine.EngineInfo;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class EnginesCommandTest {
    @Test
    void shouldTellWhyAnEngineIsUnavailableAndTheRemedy() {
        EngineInfo info = new EngineInfo("moon", Optional.empty(), "too far", "fly there");

        assertThat(EnginesCommand.text(List.of(info)))
                .contains("moon  unavailable", "too far", "fly there");
        assertThat(EnginesCommand.json(info))
                .containsEntry("available", false)
                .containsEntry("reason", "too far")
                .containsEntry("remedy", "fly there")
                .containsEntry("capabilities", List.of())
                .containsEntry("termination", Map.of());
    }

    @Test
    void shouldTellWhatTheReferenceEngineCanDoAndHowItStops() {
        EngineInfo cpu =
                DmaEngines.list().stream().filter(e -> e.name().equals("cpu")).findFirst().get();

        assertThat(EnginesCommand.text(List.of(cpu))).contains("cpu  available", "memcpy");
        assertThat((Map<?, ?>) EnginesCommand.json(cpu).get("termination"))
                .hasSameSizeAs(cpu.description().orElseThrow().termination());
    }

    @Test
    void shouldWriteOneArray() throws IOException {
        Cli.Result result = Cli.run("engines", "--json");

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith("[{\"name\":").contains("\"cpu\"").endsWith("}]\n");
    }

    @Test
    void shouldTellVersionAndHelpOnEachCommand() {
        for (String command : new String[] {"engines", "copy", "test"}) {
            assertThat(Main.run(new Interruption(), command, "--help")).isZero();
            assertThat(Main.run(new Interruption(), command, "--version")).isZero();
        }
    }
}
