package org.dmaengine.engine.uring;

import java.util.regex.Pattern;

/**
 * The errors of Linux, by the numbers of {@code asm-generic/errno.h}, which are those of every
 * architecture that the engine runs on.
 *
 * <p>A meaning says what an error means for somebody who reads and writes files, pipes and sockets,
 * and what to do where that is not plain. {@code ErrnoTest} holds numbers and names against the
 * machine's own header.
 */
final class Errno {
    // Those that the engine and its tests tell apart.

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EFAULT = 14;
    static final int EBUSY = 16;
    static final int EINVAL = 22;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int ENOSYS = 38;
    static final int ETIME = 62;
    static final int EMSGSIZE = 90;
    static final int EOPNOTSUPP = 95;
    static final int ENOBUFS = 105;
    static final int ETIMEDOUT = 110;
    static final int ECONNREFUSED = 111;
    static final int EHOSTUNREACH = 113;
    static final int EALREADY = 114;
    static final int ECANCELED = 125;

    private static final String TABLE =
            """
            1 EPERM the kernel does not permit this; for io_uring look at sysctl \
            kernel.io_uring_disabled and at the seccomp filter of a container
            2 ENOENT it does not exist, or is over already
            3 ESRCH the process or thread does not exist
            4 EINTR a signal interrupted it
            5 EIO input/output error: the device failed, the data may be lost
            6 ENXIO the device does not exist, or nobody reads the other end
            7 E2BIG a structure or list is longer than the kernel takes
            8 ENOEXEC not an executable
            9 EBADF the descriptor is closed, or not open for this direction
            10 ECHILD there is no child process
            11 EAGAIN nothing can be moved without waiting, or the kernel is short of something \
            for the moment
            12 ENOMEM the kernel has no memory, or the limit of locked memory is reached; raise \
            it (ulimit -l, LimitMEMLOCK) or register less
            13 EACCES permission denied
            14 EFAULT the memory is not mapped, or not for this direction; it was unmapped too \
            early or is read-only
            15 ENOTBLK not a block device
            16 EBUSY in use by somebody else, or completions wait to be reaped
            17 EEXIST it exists already, or the ring belongs to another thread
            18 EXDEV source and target are on different file systems, or the ring is restricted
            19 ENODEV the device does not exist or does not support this
            20 ENOTDIR not a directory
            21 EISDIR a directory, which has no bytes to move
            22 EINVAL an argument is not valid here; for a direct file, position, length or \
            address are not aligned
            23 ENFILE the whole system has too many files open (sysctl fs.file-max)
            24 EMFILE the process has too many files open; raise the limit (ulimit -n, LimitNOFILE)
            25 ENOTTY the device knows no such control
            26 ETXTBSY the file is being executed
            27 EFBIG the file would exceed the largest size of the file system or of the process \
            (ulimit -f)
            28 ENOSPC no space left, the file system is full
            29 ESPIPE a pipe or socket has no position
            30 EROFS the file system is read-only
            31 EMLINK too many links
            32 EPIPE nobody reads the other end any more
            33 EDOM a number is outside the domain of the function
            34 ERANGE a result cannot be represented
            35 EDEADLK it would deadlock
            36 ENAMETOOLONG the name is too long
            37 ENOLCK the system has no lock left
            38 ENOSYS this kernel does not know the call; io_uring needs a newer one
            39 ENOTEMPTY the directory is not empty
            40 ELOOP too many symbolic links, or a ring that would wait for itself
            42 ENOMSG there is no such message
            43 EIDRM it was removed
            44 ECHRNG the channel's number is out of range
            45 EL2NSYNC level 2 is not synchronized
            46 EL3HLT level 3 has halted
            47 EL3RST level 3 was reset
            48 ELNRNG the link's number is out of range
            49 EUNATCH the protocol's driver is not attached
            50 ENOCSI there is no such structure
            51 EL2HLT level 2 has halted
            52 EBADE the exchange is not valid
            53 EBADR the request's descriptor is not valid
            54 EXFULL the exchange is full
            55 ENOANO there is no such node
            56 EBADRQC the request's code is not valid
            57 EBADSLT the slot is not valid
            59 EBFONT the font file is malformed
            60 ENOSTR the device is not a stream
            61 ENODATA there is no such data
            62 ETIME the time-out passed
            63 ENOSR the system is out of streams
            64 ENONET the machine is not on the network
            65 ENOPKG the package is not installed
            66 EREMOTE the object is remote
            67 ENOLINK the link was cut
            68 EADV the advertised resource failed
            69 ESRMNT a remote mount stands in the way
            70 ECOMM the connection failed while sending
            71 EPROTO the other side broke the protocol
            72 EMULTIHOP it would take several hops
            73 EDOTDOT a remote file system failed
            74 EBADMSG the data are damaged: a checksum does not match
            75 EOVERFLOW a value is too large for its type, or the completion queue overflowed
            76 ENOTUNIQ the name is not unique
            77 EBADFD the descriptor is in the wrong state for this; a ring may be disabled
            78 EREMCHG the remote address changed
            79 ELIBACC a shared library cannot be reached
            80 ELIBBAD a shared library is damaged
            81 ELIBSCN a section of a library is damaged
            82 ELIBMAX too many shared libraries
            83 ELIBEXEC a shared library cannot be executed
            84 EILSEQ a byte sequence is not valid
            85 ERESTART a signal interrupted it, and it should start again
            86 ESTRPIPE a stream's pipe failed
            87 EUSERS too many users
            88 ENOTSOCK not a socket
            89 EDESTADDRREQ the socket is not connected, and no address was given
            90 EMSGSIZE longer than one datagram may be
            91 EPROTOTYPE the protocol is the wrong one for this socket
            92 ENOPROTOOPT the protocol knows no such option
            93 EPROTONOSUPPORT the protocol is not supported
            94 ESOCKTNOSUPPORT the socket's type is not supported
            95 EOPNOTSUPP this file, file system or socket does not support it
            96 EPFNOSUPPORT the protocol family is not supported
            97 EAFNOSUPPORT the address family is not supported
            98 EADDRINUSE the address is in use
            99 EADDRNOTAVAIL the address is not one of this machine
            100 ENETDOWN the network is down
            101 ENETUNREACH the network cannot be reached
            102 ENETRESET the network dropped the connection
            103 ECONNABORTED the connection was aborted here
            104 ECONNRESET the other side reset the connection; bytes may be lost
            105 ENOBUFS no buffer is left, in the kernel or in the ring's own pool
            106 EISCONN the socket is connected already
            107 ENOTCONN the socket is not connected
            108 ESHUTDOWN the socket was shut down for writing
            109 ETOOMANYREFS too many references
            110 ETIMEDOUT the other side did not answer in time
            111 ECONNREFUSED nobody listens there
            112 EHOSTDOWN the other machine is down
            113 EHOSTUNREACH there is no route to the other machine
            114 EALREADY it is under way already
            115 EINPROGRESS it is under way now
            116 ESTALE stale, the file was removed or replaced on its server
            117 EUCLEAN the file system is damaged and needs a check
            118 ENOTNAM not a named type of file
            119 ENAVAIL no such semaphore is available
            120 EISNAM a named type of file
            121 EREMOTEIO the remote device failed
            122 EDQUOT the quota is used up
            123 ENOMEDIUM no medium is in the drive
            124 EMEDIUMTYPE the medium is of the wrong type
            125 ECANCELED it was cancelled
            126 ENOKEY the key that is needed is not there
            127 EKEYEXPIRED the key has expired
            128 EKEYREVOKED the key was revoked
            129 EKEYREJECTED the key was rejected
            130 EOWNERDEAD the owner died while it held this
            131 ENOTRECOVERABLE the state cannot be recovered
            132 ERFKILL the radio is switched off
            133 EHWPOISON the memory has a hardware error; its bytes are lost
            """;

    private Errno() {}

    /**
     * For people: name, number, meaning and where it happened.
     *
     * @param errno positive, or negated as the kernel returns it
     */
    static String describe(int errno, String operation) {
        // Searched each time: errors are rare, and the table costs nothing until then.
        int number = Math.abs(errno);
        var line = Pattern.compile("(?m)^" + number + " (\\w+) (.*)$").matcher(TABLE);
        return line.find()
                ? line.group(1) + " (" + number + "), " + line.group(2) + ", in " + operation
                : "error " + number + ", which Linux does not name, in " + operation;
    }
}
