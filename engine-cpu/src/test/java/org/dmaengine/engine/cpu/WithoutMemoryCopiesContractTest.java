package org.dmaengine.engine.cpu;

import org.dmaengine.EngineOptions;
import org.dmaengine.testkit.ContractSubject;
import org.dmaengine.testkit.EngineContract;

/** The contract, on an engine that has no copies from memory to memory. */
class WithoutMemoryCopiesContractTest extends EngineContract {
    private static final long LONG_COPY_BYTES = 64L << 20;

    @Override
    protected ContractSubject subject() {
        return ContractSubject.of(new WithoutMemoryCopies())
                .withSlow(EngineOptions.defaults().with("workers", "1"), LONG_COPY_BYTES);
    }
}
