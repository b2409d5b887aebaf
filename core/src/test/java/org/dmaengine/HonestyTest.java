package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An engine that does not say how its operations end is refused at the door (P1, P6). */
class HonestyTest {
    private static final Termination ROW = new Termination(AbortEffect.AT_ONCE, Proof.WORKER_IDLE);

    private static ManualEngine engine(
            Set<Capability> capabilities, Map<OperationKind, Termination> rows) {
        return new ManualEngine(ManualEngine.describe("doubtful", capabilities, 1, rows));
    }

    @ParameterizedTest
    @EnumSource(
            value = Capability.class,
            names = {"PAUSE", "COMPLETION_NO_ORDER"},
            mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("P6: a capability without its row in the honesty table")
    void shouldRefuseCapabilityWithoutRow(Capability capability) {
        ManualEngine silent = engine(EnumSet.of(capability), Map.of());

        assertThatThrownBy(() -> DmaEngines.open(silent, EngineOptions.defaults()))
                .isInstanceOfSatisfying(
                        EngineContractException.class,
                        refused -> assertThat(refused.rule()).isEqualTo("P6"))
                .hasMessageContaining(capability.name());
        assertThat(silent.closed).as("what was opened is closed again").isTrue();
    }

    @Test
    @DisplayName("P6: never started proves nothing about what was started")
    void shouldRefuseProofThatIsNone() {
        Map<OperationKind, Termination> rows =
                Map.of(
                        OperationKind.MEMCPY,
                        new Termination(AbortEffect.AT_ONCE, Proof.NEVER_STARTED));
        ManualEngine dishonest = engine(EnumSet.of(Capability.MEMCPY), rows);

        assertThatThrownBy(() -> DmaEngines.open(dishonest, EngineOptions.defaults()))
                .isInstanceOf(EngineContractException.class);
    }

    @Test
    @DisplayName("P6: a kind of peripheral that was not declared is refused at prep")
    void shouldRefuseKindThatEngineDidNotDeclare() {
        Map<OperationKind, Termination> rows = new EnumMap<>(OperationKind.class);
        rows.put(OperationKind.FILE, ROW);
        PeripheralConfig config =
                PeripheralConfig.read(
                        Peripheral.of(Channels.newChannel(new ByteArrayInputStream(new byte[8]))));
        try (Bench bench =
                new Bench(engine(EnumSet.of(Capability.PERIPHERAL), rows), request -> request)) {
            assertThatThrownBy(() -> bench.channel.prepPeripheralSg(config, List.of(bench.target)))
                    .isInstanceOfSatisfying(
                            PrepRefusedException.class,
                            refused ->
                                    assertThat(refused.reason())
                                            .isEqualTo(PrepRefusedException.Reason.CAPABILITY));
        }
    }
}
