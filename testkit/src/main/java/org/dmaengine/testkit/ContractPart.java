package org.dmaengine.testkit;

/** A group of the suite; {@link EngineContract} joins them all. */
interface ContractPart {
    /** What the running test works with. */
    TestBench bench();
}
