package org.dmaengine.bench.terminate;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.CookieCallback;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.Outcome;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Channels on which each copy begins the next one. */
final class BusyChannels {
    private static final long COPY_BYTES = 4096;

    /** One of them. */
    private final class Busy implements CookieCallback {
        private final DmaChannel channel;
        private final MemorySegment source;
        private final MemorySegment target;

        Busy(DmaEngine engine, DmaArena arena) {
            channel =
                    engine.requestChannel(
                            ChannelRequest.of(Capability.MEMCPY)
                                    .withDepth(2)
                                    .withCallbackExecutor(Runnable::run));
            source = arena.allocate(COPY_BYTES);
            target = arena.allocate(COPY_BYTES);
        }

        void copy() {
            if (channel.tryMemcpy(target, 0, source, 0, COPY_BYTES, this) == 0) {
                throw new IllegalStateException("no room for a second copy");
            }
            channel.issuePending();
        }

        @Override
        public void onComplete(long cookie, Outcome outcome, long bytes) {
            if (running) {
                copy();
            }
        }
    }

    private final List<Busy> all = new ArrayList<>();
    // Volatile: written by the thread that measures, read by callbacks.
    private volatile boolean running;

    BusyChannels(DmaEngine engine, DmaArena arena, int channels) {
        for (int i = 0; i < channels; i++) {
            all.add(new Busy(engine, arena));
        }
    }

    void start() {
        running = true;
        all.forEach(Busy::copy);
    }

    /** Returns when none copies any more. */
    void stop() {
        running = false;
        all.forEach(each -> each.channel.terminateSync());
    }
}
