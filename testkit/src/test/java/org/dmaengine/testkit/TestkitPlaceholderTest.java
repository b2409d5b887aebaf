package org.dmaengine.testkit;

class TestkitPlaceholderTest extends ContractPlaceholder {
    @Override
    protected long engineCount() {
        return 0;
    }
}
