package org.dmaengine;

/** No channel of the engine can do what was asked, free or not. Ask for less, or another engine. */
public final class NoCapableChannelException extends DmaException {
    private static final long serialVersionUID = 1;

    NoCapableChannelException(String message) {
        super(message);
    }
}
