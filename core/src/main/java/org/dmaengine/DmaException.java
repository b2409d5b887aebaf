package org.dmaengine;

import org.jspecify.annotations.Nullable;

/**
 * The parent of everything this library throws by itself. Each child means one thing and carries
 * its state. A transfer's failure is never thrown: it is a {@link TransferResult}.
 */
public abstract sealed class DmaException extends RuntimeException
        permits BuffersInFlightException,
                CallbackContextException,
                ChannelBusyException,
                ChannelClosedException,
                EngineContractException,
                EngineLostException,
                EngineUnavailableException,
                NoCapableChannelException,
                PrepRefusedException,
                QueueFullException,
                StaleDescriptorException {
    private static final long serialVersionUID = 1;

    DmaException(String message) {
        super(message);
    }

    DmaException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
