package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.Proof;
import org.dmaengine.Receipt;
import org.dmaengine.ResidueGranularity;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimEngine;
import org.dmaengine.engine.sim.SimModel;
import org.dmaengine.engine.sim.StopModel;
import org.dmaengine.spi.EngineProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import java.time.Duration;

/**
 * The contract on the simulated engine, in real time: each model of stopping, each variant. One is
 * left out: an engine that never stops keeps no contract, and is shown in its own module.
 */
class SimEngineContractTest {
    private static final long LONG_COPY_BYTES = 2 << 20;

    /**
     * Fast enough for the suite's round trips, in bursts that a long copy can be caught between.
     */
    private static final SimModel MODEL =
            SimModel.defaults().withLatency(1_000, 500).withBandwidth(4_000, 64 << 10);

    private static ContractSubject subject(SimModel model) {
        return subject(new SimEngine(model, FaultPlan.none()));
    }

    private static ContractSubject subject(EngineProvider engine) {
        EngineOptions slow = EngineOptions.defaults().with("bytesPerMicro", "40");
        return ContractSubject.of(engine)
                .withSlow(slow, LONG_COPY_BYTES)
                .withDeadline(Duration.ofSeconds(5))
                .withRounds(20);
    }

    @Nested
    class AtBurst extends EngineContract {
        @Override
        protected ContractSubject subject() {
            return SimEngineContractTest.subject(MODEL);
        }
    }

    @Nested
    class AtOnce extends EngineContract {
        @Override
        protected ContractSubject subject() {
            return SimEngineContractTest.subject(MODEL.withStop(StopModel.AT_ONCE, 0));
        }
    }

    @Nested
    class AtDescriptorEnd extends EngineContract {
        @Override
        protected ContractSubject subject() {
            return SimEngineContractTest.subject(MODEL.withStop(StopModel.AT_DESCRIPTOR_END, 0));
        }
    }

    @Nested
    class Acknowledged extends EngineContract {
        @Override
        protected ContractSubject subject() {
            return SimEngineContractTest.subject(MODEL.withStop(StopModel.ACKNOWLEDGED, 50_000));
        }
    }

    @Nested
    class DrainOnly extends EngineContract {
        @Override
        protected ContractSubject subject() {
            return SimEngineContractTest.subject(MODEL.withStop(StopModel.DRAIN_ONLY, 0));
        }
    }

    @Nested
    class Refuses extends EngineContract {
        @Override
        protected ContractSubject subject() {
            return SimEngineContractTest.subject(MODEL.withStop(StopModel.REFUSES, 0));
        }

        @BeforeEach
        void expectRefusal() {
            bench().expect(Fault.Kind.ENGINE_THREW);
        }

        @Test
        @Override
        @DisplayName("C7, C9: the receipt carries what the abort threw, and the proof all the same")
        public void shouldGiveReceipt() {
            HeldTransfer held = HeldTransfer.open(bench());
            held.channel().terminateAsync();
            held.letStop();
            Receipt receipt = bench().waits().within("synchronize()", held.channel()::synchronize);
            assertTrue(receipt.abortError().isPresent());
            Receipt.Entry entry = receipt.entry(held.transfer().cookie()).orElseThrow();
            assertEquals(Proof.COMPLETION_ENTRY, entry.proof());
        }
    }

    @Nested
    class OutOfOrderOnThreePhysical extends EngineContract {
        @Override
        protected ContractSubject subject() {
            return SimEngineContractTest.subject(MODEL.withOrder(false).withChannels(64, 3));
        }
    }

    @Nested
    class OutOfOrderWithoutCopies extends EngineContract {
        @Override
        protected ContractSubject subject() {
            SimEngine engine = new SimEngine(MODEL.withOrder(false), FaultPlan.none());
            return SimEngineContractTest.subject(new WithoutCopies(engine));
        }
    }

    @Nested
    class PausesLater extends EngineContract {
        @Override
        protected ContractSubject subject() {
            return SimEngineContractTest.subject(
                    MODEL.withPause(100_000).withResidue(ResidueGranularity.SEGMENT));
        }
    }

    @Nested
    class TakesRunsAndTellsResidueAtTheEndOnly extends EngineContract {
        @Override
        protected ContractSubject subject() {
            return SimEngineContractTest.subject(
                    MODEL.withChannels(64, 3)
                            .withRuns(true)
                            .withResidue(ResidueGranularity.DESCRIPTOR));
        }
    }
}
