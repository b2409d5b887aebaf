package org.dmaengine;

/**
 * The engine has channels that would fit, but all of them are taken. Close one, or try again later.
 */
public final class ChannelBusyException extends DmaException {
    private static final long serialVersionUID = 1;

    ChannelBusyException(String message) {
        super(message);
    }
}
