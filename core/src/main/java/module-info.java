/** The API for clients and the SPI for engines. */
module org.dmaengine {
    requires static org.jspecify;

    exports org.dmaengine;
    exports org.dmaengine.spi;

    uses org.dmaengine.spi.EngineProvider;
}
