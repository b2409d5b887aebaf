package org.dmaengine.cli;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;

/** The ways in which a read of a socket can end. */
enum SocketEnding {
    /** The bytes came; for comparison. */
    completed("completed"),
    /** None came in time. */
    timedOut("timed out"),
    /** Somebody wanted it no longer. */
    cancelled("cancelled"),
    /** Somebody closed the socket. */
    closed("socket closed"),
    /** The other side broke the connection. */
    reset("reset by peer");

    private final String words;

    SocketEnding(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /** What happens to a read in flight; to time it out and to cancel it is the reader's part. */
    void happen(Channel socket, SocketChannel peer) throws IOException {
        switch (this) {
            case completed -> peer.write(ByteBuffer.allocate(DemoBytes.BLOCK_BYTES));
            case closed -> socket.close();
            case reset -> {
                peer.setOption(StandardSocketOptions.SO_LINGER, 0);
                peer.close();
            }
            case timedOut, cancelled -> {}
        }
    }
}
