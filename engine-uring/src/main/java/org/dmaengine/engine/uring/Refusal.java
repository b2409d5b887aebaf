package org.dmaengine.engine.uring;

/** What to do about the error of a request. */
enum Refusal {
    /** Cancelled, or interrupted by a signal: nothing was moved, and it may be asked again. */
    GIVEN_BACK,
    /** A stream that would have to be waited for. */
    NOT_READY,
    /** Not on the condition that nothing has to be waited for, or not at all. */
    CONDITION_REFUSED,
    /** The kernel has no room for it at the moment. */
    SHORT_OF_MEMORY,
    /** It will not work. */
    FINAL;

    /** How often a request that finds no room is tried again, with a break before each. */
    static final int RETRIES_MAX = 100;

    // The kernel's own linux/errno.h, and in no header that programs get: codes that io_uring lets
    // through when a worker of the kernel was interrupted.
    private static final int ERESTARTSYS = 512;
    private static final int ERESTART_RESTARTBLOCK = 516;

    static Refusal of(int errno) {
        if (errno >= ERESTARTSYS && errno <= ERESTART_RESTARTBLOCK) {
            return GIVEN_BACK;
        }
        return switch (errno) {
            case Errno.ECANCELED, Errno.EINTR -> GIVEN_BACK;
            case Errno.EAGAIN -> NOT_READY;
            case Errno.EOPNOTSUPP -> CONDITION_REFUSED;
            case Errno.ENOBUFS, Errno.ENOMEM, Errno.EBUSY -> SHORT_OF_MEMORY;
            default -> FINAL;
        };
    }
}
