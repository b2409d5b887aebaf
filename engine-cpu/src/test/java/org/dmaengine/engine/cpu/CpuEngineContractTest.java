package org.dmaengine.engine.cpu;

import org.dmaengine.EngineOptions;
import org.dmaengine.testkit.ContractSubject;
import org.dmaengine.testkit.EngineContract;

/** The contract, on worker threads. */
class CpuEngineContractTest extends EngineContract {
    private static final long LONG_COPY_BYTES = 256L << 20;

    @Override
    protected ContractSubject subject() {
        return subject(EngineOptions.defaults());
    }

    static ContractSubject subject(EngineOptions options) {
        return ContractSubject.of(new CpuEngineProvider())
                .withOptions(options)
                .withSlow(options.with("workers", "1"), LONG_COPY_BYTES);
    }
}
