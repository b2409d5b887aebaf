package org.dmaengine.engine.uring;

import org.dmaengine.testkit.ContractSubject;
import org.dmaengine.testkit.EngineContract;

/** The contract, on the machine's own kernel. */
class UringContractTest extends EngineContract {
    @Override
    protected ContractSubject subject() {
        Availability.assume();
        return ContractSubject.of(new UringEngineProvider());
    }
}
