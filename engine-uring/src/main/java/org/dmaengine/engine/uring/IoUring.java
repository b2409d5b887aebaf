package org.dmaengine.engine.uring;

/**
 * Numbers and layouts of {@code linux/io_uring.h}, under their names there; offsets are in bytes,
 * named by structure and field. {@code LayoutTest} compares every one with the machine's own
 * header.
 */
final class IoUring {
    private IoUring() {}

    // io_uring_setup: flags

    static final int IORING_SETUP_IOPOLL = 1;
    static final int IORING_SETUP_SQPOLL = 1 << 1;
    static final int IORING_SETUP_CQSIZE = 1 << 3;
    static final int IORING_SETUP_CLAMP = 1 << 4;
    static final int IORING_SETUP_SUBMIT_ALL = 1 << 7;
    static final int IORING_SETUP_COOP_TASKRUN = 1 << 8;
    static final int IORING_SETUP_TASKRUN_FLAG = 1 << 9;
    static final int IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    static final int IORING_SETUP_DEFER_TASKRUN = 1 << 13;

    // struct io_uring_params; features

    static final int PARAMS_SIZE = 120;
    static final int PARAMS_SQ_ENTRIES = 0;
    static final int PARAMS_CQ_ENTRIES = 4;
    static final int PARAMS_FLAGS = 8;
    static final int PARAMS_SQ_THREAD_IDLE = 16;
    static final int PARAMS_FEATURES = 20;
    static final int PARAMS_SQ_OFF_HEAD = 40;
    static final int PARAMS_SQ_OFF_TAIL = 44;
    static final int PARAMS_SQ_OFF_RING_MASK = 48;
    static final int PARAMS_SQ_OFF_FLAGS = 56;
    static final int PARAMS_SQ_OFF_DROPPED = 60;
    static final int PARAMS_SQ_OFF_ARRAY = 64;
    static final int PARAMS_CQ_OFF_HEAD = 80;
    static final int PARAMS_CQ_OFF_TAIL = 84;
    static final int PARAMS_CQ_OFF_RING_MASK = 88;
    static final int PARAMS_CQ_OFF_OVERFLOW = 96;
    static final int PARAMS_CQ_OFF_CQES = 100;

    static final int IORING_FEAT_SINGLE_MMAP = 1;
    static final int IORING_FEAT_NODROP = 1 << 1;
    static final int IORING_FEAT_SUBMIT_STABLE = 1 << 2;
    static final int IORING_FEAT_FAST_POLL = 1 << 5;
    static final int IORING_FEAT_EXT_ARG = 1 << 8;

    static final long IORING_OFF_SQ_RING = 0;
    static final long IORING_OFF_SQES = 0x10000000L;

    // The flags word of the submission ring

    static final int IORING_SQ_NEED_WAKEUP = 1;
    static final int IORING_SQ_CQ_OVERFLOW = 1 << 1;
    static final int IORING_SQ_TASKRUN = 1 << 2;

    // struct io_uring_sqe

    static final int SQE_SIZE = 64;
    static final int SQE_OPCODE = 0;
    static final int SQE_FLAGS = 1;
    static final int SQE_IOPRIO = 2;
    static final int SQE_FD = 4;
    static final int SQE_OFF = 8;
    static final int SQE_ADDR = 16;
    static final int SQE_LEN = 24;
    static final int SQE_OP_FLAGS = 28;
    static final int SQE_USER_DATA = 32;
    static final int SQE_BUF_INDEX = 40;

    static final int IOSQE_FIXED_FILE = 1;

    // Operations

    static final int IORING_OP_NOP = 0;
    static final int IORING_OP_READV = 1;
    static final int IORING_OP_WRITEV = 2;
    static final int IORING_OP_FSYNC = 3;
    static final int IORING_OP_READ_FIXED = 4;
    static final int IORING_OP_WRITE_FIXED = 5;
    static final int IORING_OP_POLL_ADD = 6;
    static final int IORING_OP_RECVMSG = 10;
    static final int IORING_OP_ASYNC_CANCEL = 14;
    static final int IORING_OP_FALLOCATE = 17;
    static final int IORING_OP_READ = 22;
    static final int IORING_OP_WRITE = 23;
    static final int IORING_OP_RECV = 27;
    static final int IORING_OP_SHUTDOWN = 34;

    static final int IORING_FSYNC_DATASYNC = 1;

    // linux/fs.h

    static final int RWF_NOWAIT = 8;

    // linux/falloc.h, sys/socket.h

    static final int FALLOC_FL_KEEP_SIZE = 1;
    static final int FALLOC_FL_PUNCH_HOLE = 2;
    static final int SHUT_WR = 1;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;

    // struct io_uring_cqe

    static final int CQE_SIZE = 16;
    static final int CQE_USER_DATA = 0;
    static final int CQE_RES = 8;
    static final int CQE_FLAGS = 12;

    // io_uring_enter: flags, and struct io_uring_getevents_arg

    static final int IORING_ENTER_GETEVENTS = 1;
    static final int IORING_ENTER_SQ_WAKEUP = 1 << 1;
    static final int IORING_ENTER_EXT_ARG = 1 << 3;

    static final int GETEVENTS_ARG_SIZE = 24;
    static final int GETEVENTS_ARG_TS = 16;

    static final int TIMESPEC_SIZE = 16;
    static final int TIMESPEC_NSEC = 8;

    // sys/stat.h; fcntl.h, where ARM has a number of its own

    static final int S_IFMT = 0170000;
    static final int S_IFREG = 0100000;
    static final int S_IFBLK = 0060000;
    static final int S_IFCHR = 0020000;
    static final int S_IFIFO = 0010000;
    static final int S_IFSOCK = 0140000;
    static final int O_DIRECT = System.getProperty("os.arch").equals("aarch64") ? 0200000 : 040000;
    // Part of O_SYNC too.
    static final int O_DSYNC = 010000;
    static final int O_APPEND = 02000;

    // poll.h

    static final int POLLIN = 1;
    static final int POLLOUT = 4;

    // struct iovec

    static final int IOVEC_SIZE = 16;
    static final int IOVEC_LEN = 8;

    // struct msghdr

    static final int MSGHDR_SIZE = 56;
    static final int MSGHDR_IOV = 16;
    static final int MSGHDR_IOVLEN = 24;

    // io_uring_register: operations and their structures

    static final int IORING_REGISTER_FILES = 2;
    static final int IORING_REGISTER_FILES_UPDATE = 6;
    static final int IORING_REGISTER_PROBE = 8;
    static final int IORING_REGISTER_FILES2 = 13;
    static final int IORING_REGISTER_BUFFERS2 = 15;
    static final int IORING_REGISTER_BUFFERS_UPDATE = 16;

    static final int IORING_RSRC_REGISTER_SPARSE = 1;

    static final int RSRC_REGISTER_SIZE = 32;
    static final int RSRC_REGISTER_NR = 0;
    static final int RSRC_REGISTER_FLAGS = 4;

    static final int RSRC_UPDATE2_SIZE = 32;
    static final int RSRC_UPDATE2_OFFSET = 0;
    static final int RSRC_UPDATE2_DATA = 8;
    static final int RSRC_UPDATE2_NR = 24;

    static final int FILES_UPDATE_SIZE = 16;
    static final int FILES_UPDATE_OFFSET = 0;
    static final int FILES_UPDATE_FDS = 8;

    static final int PROBE_SIZE = 16;
    static final int PROBE_OPS_LEN = 1;
    static final int PROBE_OP_SIZE = 8;
}
