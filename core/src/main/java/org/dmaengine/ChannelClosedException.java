package org.dmaengine;

/** The channel, or its engine, was closed. Request a new one. */
public final class ChannelClosedException extends DmaException {
    private static final long serialVersionUID = 1;

    ChannelClosedException(String message) {
        super(message);
    }
}
