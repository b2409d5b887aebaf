package org.dmaengine.bench.descriptor;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.CookieCallback;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Outcome;
import org.dmaengine.bench.CopyEnd;

/** Ours: a channel of the engine {@code cpu} with one worker, through the public API. */
final class ChannelQueue extends CopyQueue {
    private static final int COOKIE_MASK = DEPTH_MAX - 1;

    /** How the producer learns of ends. */
    enum Told {
        BY_POLLING,
        ON_ENGINE_THREAD,
        ON_CALLBACK_THREAD
    }

    private final DmaArena arena;
    private final DmaEngine engine;
    private final DmaChannel channel;
    private final boolean inline;
    private final boolean polled;

    // The producer's own.
    private final long[] cookies = new long[DEPTH_MAX];
    private long submitted;
    private long completed;
    private final CookieCallback callback = this::onComplete;

    private ChannelQueue(
            DmaArena arena, DmaEngine engine, DmaChannel channel, boolean inline, boolean polled) {
        super(arena);
        this.arena = arena;
        this.engine = engine;
        this.channel = channel;
        this.inline = inline;
        this.polled = polled;
    }

    static ChannelQueue open(String mode, Told told) {
        EngineOptions options = EngineOptions.defaults().with("mode", mode).with("workers", "1");
        ChannelRequest request = ChannelRequest.of(Capability.MEMCPY).withDepth(DEPTH_MAX);
        if (told == Told.ON_ENGINE_THREAD) {
            request = request.withCallbackExecutor(Runnable::run);
        }
        DmaEngine engine = DmaEngines.open("cpu", options);
        return new ChannelQueue(
                DmaArena.open(),
                engine,
                engine.requestChannel(request),
                mode.equals("inline"),
                told == Told.BY_POLLING);
    }

    private void onComplete(long cookie, Outcome outcome, long moved) {
        if (outcome != Outcome.COMPLETE) {
            throw new IllegalStateException("a copy ended with " + outcome);
        }
        done.setRelease(done.getPlain() + 1);
    }

    @Override
    boolean copy(int slot) {
        long offset = (long) slot * bytes;
        long cookie =
                polled
                        ? channel.tryMemcpy(target, offset, source, offset, bytes)
                        : channel.tryMemcpy(target, offset, source, offset, bytes, callback);
        if (cookie == 0) {
            return false;
        }
        cookies[(int) submitted & COOKIE_MASK] = cookie;
        submitted++;
        return true;
    }

    @Override
    void doorbell() {
        channel.issuePending();
    }

    @Override
    long ended() {
        if (polled) {
            while (completed < submitted && isComplete(cookies[(int) completed & COOKIE_MASK])) {
                completed++;
            }
            done.setPlain(completed);
        }
        return super.ended();
    }

    private boolean isComplete(long cookie) {
        return CopyEnd.isComplete(channel.state(cookie));
    }

    @Override
    String workers() {
        return inline ? "" : "dma-cpu-worker";
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }
}
