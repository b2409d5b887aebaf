package org.dmaengine.engine.uring;

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

    int errno() {
        return errno;
    }
}
