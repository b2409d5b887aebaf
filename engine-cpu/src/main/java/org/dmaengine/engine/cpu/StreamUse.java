package org.dmaengine.engine.cpu;

import java.io.IOException;

/** One channel's use of one stream, from the first step of a transfer to its last touch. */
final class StreamUse {
    private final StreamEndpoint endpoint;
    private final CpuChannel channel;
    private final int interest;
    private boolean waiting;

    /** On the selector's thread, like all else here. */
    StreamUse(StreamEndpoint endpoint, CpuChannel channel, int interest) throws IOException {
        this.endpoint = endpoint;
        this.channel = channel;
        this.interest = interest;
        endpoint.enter(this);
    }

    CpuChannel channel() {
        return channel;
    }

    /** Whether it waits for one of these. */
    boolean waitsFor(int readyInterests) {
        return waiting && (interest & readyInterests) != 0;
    }

    /** What it waits for now, or 0. */
    int waitingInterest() {
        return waiting ? interest : 0;
    }

    /** Wants to be served when the stream is ready. */
    void await() {
        waiting = true;
        endpoint.updateInterest();
    }

    void stopWaiting() {
        waiting = false;
    }

    /** Not used any more; the last user's leaving gives the stream back as it was. */
    void close() {
        waiting = false;
        endpoint.leave(this);
    }
}
