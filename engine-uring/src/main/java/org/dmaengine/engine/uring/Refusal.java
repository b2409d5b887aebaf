package org.dmaengine.engine.uring;

/** What to do about the error of a request. */
enum Refusal {
    /** Cancelled: nothing was moved, and it may be asked again. */
    GIVEN_BACK,
    /** The same, by a signal that nobody of ours has sent. */
    INTERRUPTED,
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

    /**
     * Of a piece of a transfer, or of a command.
     *
     * <p>A file has errors of the same numbers as the kernel's own: a timer that is told of a new
     * clock answers ECANCELED (timerfd_create(2)). So what nobody has cancelled was not given back
     * by that number. And what a sync says stands: the kernel tells once of a write that failed
     * (fsync(2)), with whatever number the disk's driver had for it, and a second sync would find
     * nothing wrong.
     *
     * @param once whether a second try would not be told the same
     */
    static Refusal of(int errno, boolean cancelled, boolean once) {
        boolean interrupted =
                errno == Errno.EINTR || (errno >= ERESTARTSYS && errno <= ERESTART_RESTARTBLOCK);
        if (cancelled && (interrupted || errno == Errno.ECANCELED)) {
            return GIVEN_BACK;
        }
        if (once) {
            return FINAL;
        }
        return interrupted ? INTERRUPTED : ofKernel(errno);
    }

    private static Refusal ofKernel(int errno) {
        return switch (errno) {
            case Errno.EAGAIN -> NOT_READY;
            case Errno.EOPNOTSUPP -> CONDITION_REFUSED;
            case Errno.ENOBUFS, Errno.ENOMEM, Errno.EBUSY -> SHORT_OF_MEMORY;
            default -> FINAL;
        };
    }
}
