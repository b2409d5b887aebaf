package org.dmaengine.engine.cpu;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Which streams were blocking before the engine used them, so that they are given back as they
 * were. To make one non-blocking waits as long as somebody else is inside a blocking call on it, so
 * that is done on an I/O thread; to give it back never waits.
 */
final class StreamModes {
    private final Set<SelectableChannel> changed = ConcurrentHashMap.newKeySet();
    private final Queue<SelectableChannel> unused = new ConcurrentLinkedQueue<>();

    /** On any thread that may wait. */
    void makeNonBlocking(SelectableChannel stream) throws IOException {
        stream.configureBlocking(false);
        changed.add(stream);
    }

    boolean isChanged(SelectableChannel stream) {
        return changed.contains(stream);
    }

    /**
     * On the selector's thread, when nobody uses the stream; nothing for those left as they were.
     */
    void restore(SelectableChannel stream) throws IOException {
        // Somebody else's registration needs it non-blocking.
        if (changed.remove(stream) && stream.isOpen() && !stream.isRegistered()) {
            try {
                stream.configureBlocking(true);
            } catch (IOException failed) {
                if (stream.isOpen()) {
                    throw failed;
                }
                // Closed at this moment: there is nothing to give back.
            }
        }
    }

    void addUnused(SelectableChannel stream) {
        unused.add(stream);
    }

    boolean hasUnused() {
        return !unused.isEmpty();
    }

    @Nullable SelectableChannel pollUnused() {
        return unused.poll();
    }
}
