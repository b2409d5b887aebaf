import org.dmaengine.engine.uring.UringEngineProvider;
import org.dmaengine.spi.EngineProvider;

/** Linux io_uring through {@code java.lang.foreign}: files, pipes and sockets. */
module org.dmaengine.engine.uring {
    requires org.dmaengine;
    requires static org.jspecify;

    exports org.dmaengine.engine.uring;

    provides EngineProvider with
            UringEngineProvider;
}
