package org.dmaengine.engine.cpu;

import org.dmaengine.testkit.ContractPlaceholder;

class CpuEnginePlaceholderTest extends ContractPlaceholder {
    @Override
    protected long engineCount() {
        return 1;
    }
}
