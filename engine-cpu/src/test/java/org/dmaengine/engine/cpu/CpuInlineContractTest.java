package org.dmaengine.engine.cpu;

import org.dmaengine.EngineOptions;
import org.dmaengine.testkit.ContractSubject;
import org.dmaengine.testkit.EngineContract;

/** The contract, where the thread that rings the doorbell does small work itself. */
class CpuInlineContractTest extends EngineContract {
    @Override
    protected ContractSubject subject() {
        return CpuEngineContractTest.subject(EngineOptions.defaults().with("mode", "inline"));
    }
}
