package org.dmaengine;

/**
 * The channel's queue is full. {@link DmaChannel#trySubmit} answers this without an exception
 * (P10).
 */
public final class QueueFullException extends DmaException {
    private static final long serialVersionUID = 1;

    QueueFullException(String message) {
        super(message);
    }
}
