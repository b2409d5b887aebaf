package org.dmaengine.bench.jmh;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.CookieCallback;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.bench.CopyEnd;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** A channel of the engine {@code cpu} with memory, open while a benchmark runs. */
@State(Scope.Thread)
public class OpenChannel {
    /** In the queue at most. */
    static final int DEPTH = 1024;

    private static final int BYTES = 64;

    final DmaEngine engine = DmaEngines.open("cpu", EngineOptions.defaults().with("workers", "1"));
    final DmaChannel channel =
            engine.requestChannel(ChannelRequest.of(Capability.MEMCPY).withDepth(DEPTH));
    final MemorySegment source;
    final MemorySegment target;
    final long completeCookie;

    /** What was submitted last. */
    long last;

    private final DmaArena arena = DmaArena.open();
    // Written by one callback at a time, read by the thread that measures.
    private final AtomicLong called = new AtomicLong();
    private final CookieCallback callback =
            (cookie, outcome, bytes) -> called.setRelease(called.getPlain() + 1);

    /** With one copy done. */
    public OpenChannel() {
        source = arena.allocate(BYTES, BYTES);
        target = arena.allocate(BYTES, BYTES);
        completeCookie = submit();
        awaitComplete(completeCookie);
    }

    /** Issues all, and returns when this one is done. */
    final void awaitComplete(long cookie) {
        channel.issuePending();
        while (!CopyEnd.isComplete(channel.state(cookie))) {
            Thread.onSpinWait();
        }
    }

    final long submit() {
        return channel.tryMemcpy(target, 0, source, 0, BYTES);
    }

    /** Returns when the callback of a copy has begun on its thread. */
    final long copyAndAwaitCallback() {
        long expected = called.get() + 1;
        channel.tryMemcpy(target, 0, source, 0, BYTES, callback);
        channel.issuePending();
        while (called.getAcquire() < expected) {
            Thread.onSpinWait();
        }
        return expected;
    }

    /** At the end of the benchmark. */
    @TearDown
    public void close() {
        engine.close();
        arena.close();
    }
}
