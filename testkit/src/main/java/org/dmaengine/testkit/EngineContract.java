package org.dmaengine.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The contract suite. An engine's author extends it, says what to test, and runs it:
 *
 * {@snippet :
 * class MyEngineContractTest extends EngineContract {
 *     @Override
 *     protected ContractSubject subject() {
 *         return ContractSubject.of(new MyEngineProvider());
 *     }
 * }
 * }
 *
 * <p>Each test opens a fresh engine, names the rules it shows, and is skipped, with the reason,
 * where the engine does not declare what it needs. What was skipped is counted and printed at the
 * end.
 */
@ExtendWith(SkipTally.class)
@Timeout(60)
public abstract class EngineContract
        implements ProviderContract,
                TransferContract,
                CallbackContract,
                TerminateContract,
                LifeStepContract,
                SynchronizeContract,
                PauseContract,
                CloseContract,
                MemoryContract,
                PeripheralContract,
                CyclicContract,
                CommandContract,
                LostEngineContract,
                StormContract {

    private @Nullable TestBench bench;

    /** For the engine's subclass. */
    protected EngineContract() {}

    /** The engine, and how to treat it; asked before each test. */
    protected abstract ContractSubject subject();

    @BeforeEach
    void openBench() {
        bench = new TestBench(subject());
    }

    @AfterEach
    void closeBench() {
        bench().close();
    }

    @Override
    public final TestBench bench() {
        TestBench open = bench;
        if (open == null) {
            throw new IllegalStateException("only inside a test");
        }
        return open;
    }
}
