package org.dmaengine.engine.uring;

import org.dmaengine.EngineOptions;
import org.dmaengine.testkit.ContractSubject;
import org.dmaengine.testkit.EngineContract;

/** The contract, where all work goes to the workers, and two of them. */
class UringWorkersContractTest extends EngineContract {
    @Override
    protected ContractSubject subject() {
        Availability.assume();
        return ContractSubject.of(new UringEngineProvider())
                .withOptions(EngineOptions.defaults().with("mode", "workers").with("workers", "2"));
    }
}
