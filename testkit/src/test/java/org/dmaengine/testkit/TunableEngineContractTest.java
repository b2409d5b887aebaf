package org.dmaengine.testkit;

/** The whole suite against an engine that can do everything. */
class TunableEngineContractTest extends EngineContract {
    @Override
    protected ContractSubject subject() {
        return new TunableEngine(Defect.NONE).subject();
    }
}
