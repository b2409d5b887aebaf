package org.dmaengine;

import java.util.Optional;

/**
 * An engine that was found.
 *
 * @param name the name it is opened by
 * @param description what it can do, if it is available
 * @param reason why it is not available; empty if it is
 * @param remedy what to do about that; empty if it is available
 */
public record EngineInfo(
        String name, Optional<EngineDescription> description, String reason, String remedy) {
    /** True if it can be opened here. */
    public boolean isAvailable() {
        return description.isPresent();
    }
}
