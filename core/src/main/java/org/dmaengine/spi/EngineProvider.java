package org.dmaengine.spi;

/** What {@link java.util.ServiceLoader} looks for: one per engine. */
public interface EngineProvider {}
