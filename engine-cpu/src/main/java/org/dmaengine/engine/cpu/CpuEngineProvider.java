package org.dmaengine.engine.cpu;

import org.dmaengine.spi.EngineProvider;

/** Offers the CPU engine to {@link java.util.ServiceLoader}. */
public final class CpuEngineProvider implements EngineProvider {
    /** For {@link java.util.ServiceLoader}. */
    public CpuEngineProvider() {}
}
