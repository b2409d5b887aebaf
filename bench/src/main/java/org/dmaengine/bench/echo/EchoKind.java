package org.dmaengine.bench.echo;

/** The ways to serve that are compared. */
enum EchoKind {
    ONE_CHANNEL("ours, a channel for each connection") {
        @Override
        EchoServer open() {
            return new EngineEcho(true);
        }
    },
    TWO_CHANNELS("ours, a channel for each direction") {
        @Override
        EchoServer open() {
            return new EngineEcho(false);
        }
    },
    NETTY("Netty, io_uring transport") {
        @Override
        EchoServer open() {
            return new NettyEcho();
        }
    },
    THREADS("a thread for each connection") {
        @Override
        EchoServer open() {
            return new ThreadEcho();
        }
    };

    /** As the report calls it. */
    final String title;

    EchoKind(String title) {
        this.title = title;
    }

    /**
     * Ready to listen.
     *
     * @throws UnsupportedOperationException if it cannot work on this machine
     */
    abstract EchoServer open();
}
