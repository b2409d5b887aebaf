import org.dmaengine.engine.cpu.CpuEngineProvider;
import org.dmaengine.spi.EngineProvider;

/** The reference engine: portable, plain, and the one to copy. */
module org.dmaengine.engine.cpu {
    requires org.dmaengine;
    requires static org.jspecify;

    provides EngineProvider with
            CpuEngineProvider;
}
