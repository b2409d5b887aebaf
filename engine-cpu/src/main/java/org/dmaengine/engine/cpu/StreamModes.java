package org.dmaengine.engine.cpu;

import java.io.IOException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectableChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which streams were blocking before the engine used them, so that they are given back as they
 * were. To make one non-blocking waits as long as somebody else is inside a blocking call on it, so
 * that is done on an I/O thread; to give it back never waits.
 */
final class StreamModes {
    private final Set<SelectableChannel> changed = ConcurrentHashMap.newKeySet();

    /** On any thread that may wait. The channel that asks goes on to the selector from here. */
    void makeNonBlocking(SelectableChannel stream) throws IOException {
        stream.configureBlocking(false);
        changed.add(stream);
    }

    /**
     * On the selector's thread, when nobody uses the stream; nothing for those left as they were.
     */
    void restore(SelectableChannel stream) throws IOException {
        // Somebody else's registration needs it non-blocking. Where it is blocking already,
        // somebody may be inside a call on it, and to set it once more would wait for that one.
        if (changed.remove(stream)
                && stream.isOpen()
                && !stream.isRegistered()
                && !stream.isBlocking()) {
            try {
                stream.configureBlocking(true);
            } catch (IllegalBlockingModeException registered) {
                // Somebody registered it at this moment: it stays as that needs it.
            } catch (IOException failed) {
                if (stream.isOpen()) {
                    throw failed;
                }
                // Closed at this moment: there is nothing to give back.
            }
        }
    }
}
