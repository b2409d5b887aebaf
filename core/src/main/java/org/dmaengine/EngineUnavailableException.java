package org.dmaengine;

/** The engine cannot be opened here; the message says why, and what to do about it. */
public final class EngineUnavailableException extends DmaException {
    private static final long serialVersionUID = 1;

    private final String reason;
    private final String remedy;

    /**
     * For engine authors.
     *
     * @param engine the engine's name
     * @param reason why it is unavailable
     * @param remedy what the user can do
     */
    public EngineUnavailableException(String engine, String reason, String remedy) {
        super("engine '" + engine + "' is unavailable: " + reason + "; remedy: " + remedy);
        this.reason = reason;
        this.remedy = remedy;
    }

    /** Why it is unavailable. */
    public String reason() {
        return reason;
    }

    /** What the user can do. */
    public String remedy() {
        return remedy;
    }
}
