package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dmaengine.DmaEngines;
import org.junit.jupiter.api.Test;

/** Stands for the contract suite until it is here. */
public abstract class ContractPlaceholder {
    /** For the engine's subclass. */
    protected ContractPlaceholder() {}

    /** Returns how many engines the class path should offer. */
    protected abstract long engineCount();

    @Test
    void shouldFindEngines() {
        assertEquals(engineCount(), DmaEngines.count());
    }
}
