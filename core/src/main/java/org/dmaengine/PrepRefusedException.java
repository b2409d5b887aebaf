package org.dmaengine;

/**
 * A prep call was refused: its parameters do not fit, for the reason given. Nothing was changed.
 */
public final class PrepRefusedException extends DmaException {
    private static final long serialVersionUID = 1;

    /** What did not fit. */
    public enum Reason {
        /** The channel was not requested with the capability, or the engine lacks it. */
        CAPABILITY,
        /** An offset or length lies outside its segment, or outside what the engine can move. */
        BOUNDS,
        /** An address or length is not a multiple of what the engine asks for. */
        ALIGNMENT,
        /** The endpoint or segment cannot be read or written in this direction. */
        DIRECTION,
        /** The memory is not from a {@link DmaArena} and not mapped, or is closed (C16). */
        MEMORY,
        /** Source and target overlap. */
        OVERLAP,
        /** The flags contradict each other or the operation. */
        FLAGS
    }

    private final Reason reason;

    /**
     * For the core and for engine authors.
     *
     * @param reason what did not fit
     * @param message the values, and the way out
     */
    public PrepRefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What did not fit. */
    public Reason reason() {
        return reason;
    }
}
