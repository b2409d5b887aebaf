package org.dmaengine;

/**
 * An engine broke one of the provider rules P1 to P10. Reported through {@link Fault}, or thrown
 * where an engine is refused at the door.
 */
public final class EngineContractException extends DmaException {
    private static final long serialVersionUID = 1;

    private final String rule;

    EngineContractException(String rule, String message) {
        super("engine broke " + rule + ": " + message);
        this.rule = rule;
    }

    /** The rule, for example {@code P4}. */
    public String rule() {
        return rule;
    }
}
