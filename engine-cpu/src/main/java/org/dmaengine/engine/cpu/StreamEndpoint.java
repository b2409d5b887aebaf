package org.dmaengine.engine.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;

/**
 * A pipe end or socket that is in use, by one channel or by several: non-blocking and registered
 * for as long as that lasts, and then as it was before. All on the selector's thread.
 */
final class StreamEndpoint {
    private final StreamSelector selector;
    private final SelectableChannel stream;
    private final SelectionKey key;
    private final List<StreamUse> uses = new ArrayList<>();

    StreamEndpoint(StreamSelector selector, SelectableChannel stream) throws IOException {
        this.selector = selector;
        this.stream = stream;
        // Registered before the first access: nobody can make it blocking under our hands.
        this.key = stream.register(selector.selector(), 0, this);
    }

    SelectableChannel stream() {
        return stream;
    }

    boolean isOpen() {
        return stream.isOpen();
    }

    void enter(StreamUse use) {
        uses.add(use);
    }

    void leave(StreamUse use) {
        uses.remove(use);
        if (uses.isEmpty()) {
            selector.forget(this);
            giveBack();
        } else {
            updateInterest();
        }
    }

    private void giveBack() {
        key.cancel();
        try {
            selector.flushCancelled();
        } catch (IOException failed) {
            throw new UncheckedIOException("could not give back " + stream, failed);
        }
        selector.giveBack(stream);
    }

    void updateInterest() {
        int interest = 0;
        for (StreamUse use : uses) {
            interest |= use.waitingInterest();
        }
        try {
            key.interestOps(interest);
        } catch (CancelledKeyException closedMeanwhile) {
            // Who is paused or held back looks when it goes on; to look for it now would go round
            // and round.
            if (interest != 0) {
                selector.lookAtClosed();
            }
        }
    }

    /** What may be done now. A closed stream is ready for everything: the access will say why. */
    int readyInterests() {
        try {
            return key.readyOps();
        } catch (CancelledKeyException closedMeanwhile) {
            return SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        }
    }

    /** Serves those who wait for what is ready, in the order in which they came. */
    void serve(int readyInterests) {
        for (StreamUse use : List.copyOf(uses)) {
            if (use.waitsFor(readyInterests)) {
                use.stopWaiting();
                use.channel().serveIfIdle(selector);
            }
        }
        if (!uses.isEmpty()) {
            updateInterest();
        }
    }

    void addUsers(List<CpuChannel> users) {
        uses.forEach(use -> users.add(use.channel()));
    }
}
