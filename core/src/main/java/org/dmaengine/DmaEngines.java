package org.dmaengine;

import org.dmaengine.spi.EngineProvider;

import java.util.ServiceLoader;

/** Finds the engines. */
public final class DmaEngines {
    private DmaEngines() {}

    /** Returns how many engines are here, fit for use or not. */
    public static long count() {
        return ServiceLoader.load(EngineProvider.class).stream().count();
    }
}
