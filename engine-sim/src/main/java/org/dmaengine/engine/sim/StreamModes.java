package org.dmaengine.engine.sim;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.HashMap;
import java.util.Map;

/**
 * Streams are non-blocking for as long as a transfer uses them, and are given back as they were.
 * One for the process: both directions of a socket may be used at a time, by two controllers.
 */
final class StreamModes {
    private static final Map<SelectableChannel, StreamModes> USED = new HashMap<>();

    // Guarded by USED.
    private final boolean wasBlocking;
    private int users;

    private StreamModes(boolean wasBlocking) {
        this.wasBlocking = wasBlocking;
    }

    static void take(SelectableChannel stream) throws IOException {
        synchronized (USED) {
            StreamModes known = USED.get(stream);
            StreamModes modes = known == null ? new StreamModes(stream.isBlocking()) : known;
            if (modes.wasBlocking) {
                stream.configureBlocking(false);
            }
            modes.users++;
            USED.put(stream, modes);
        }
    }

    static void giveBack(SelectableChannel stream) {
        synchronized (USED) {
            StreamModes modes = USED.get(stream);
            if (modes == null || --modes.users > 0) {
                return;
            }
            USED.remove(stream);
            // Somebody else's registration needs it non-blocking.
            if (modes.wasBlocking && stream.isOpen() && !stream.isRegistered()) {
                try {
                    stream.configureBlocking(true);
                } catch (IOException closed) {
                    // At this moment: there is nothing to give back.
                }
            }
        }
    }
}
