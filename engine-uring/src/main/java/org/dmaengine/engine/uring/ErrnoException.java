package org.dmaengine.engine.uring;

import org.dmaengine.TransferError;

/** A call into the kernel has failed. */
final class ErrnoException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param errno the positive number of the error
     * @param operation what was tried
     */
    ErrnoException(int errno, String operation) {
        super(Errno.describe(errno, operation));
        this.errno = errno;
    }

    /** As what the transfer ends with that needed it. */
    TransferError error() {
        return TransferError.of(errno, String.valueOf(getMessage()));
    }
}
