package org.dmaengine.engine.cpu;

import org.dmaengine.PrepRefusedException;
import org.dmaengine.PrepRefusedException.Reason;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The lane of the streams: one thread for all pipes and sockets. It waits in a selector, without
 * any client memory, and serves a channel when its stream is ready or somebody rang. So a stop is
 * seen at once, and a byte that comes later stays in the stream.
 *
 * <p>It waits in the kernel and not in the {@link Scheduler}: only the kernel knows when a stream
 * is ready.
 */
final class StreamSelector implements Lane, Runnable {
    // Closing a stream does not wake a selector: as long as streams are in use, it looks.
    private static final long LOOK_AT_CLOSED_MILLIS = 100;

    private final Scheduler scheduler;

    private final Object lock = new Object();
    // Guarded by lock.
    private final ReadyList ready = new ReadyList();
    private @Nullable Selector opened;
    private boolean started;
    private boolean closed;
    private @Nullable Throwable failure;

    private final StreamModes modes = new StreamModes();

    // For the selector's thread.
    private final Map<SelectableChannel, StreamEndpoint> endpoints = new HashMap<>();
    private boolean lookAtClosed;
    private long lookedAtClosedNanos;

    StreamSelector(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /**
     * Refuses a stream that could not be waited for. Opens the selector, so that a lack of file
     * descriptors is told at prep.
     */
    void requireWaitable(SelectableChannel stream) {
        try {
            synchronized (lock) {
                if (opened == null && closed) {
                    throw new PrepRefusedException(Reason.CAPABILITY, "the engine is closed");
                }
                if (opened == null) {
                    opened = Selector.open();
                }
                if (opened.provider().equals(stream.provider())) {
                    return;
                }
            }
        } catch (IOException failed) {
            throw new PrepRefusedException(
                    Reason.CAPABILITY, "no selector can be had for streams: " + failed);
        }
        throw new PrepRefusedException(
                Reason.CAPABILITY,
                stream + " is of another provider than the JDK's own, and cannot be waited for");
    }

    @Override
    public void ready(CpuChannel channel) {
        Throwable broken;
        synchronized (lock) {
            broken = failure;
            if (broken == null) {
                ready.append(channel);
            }
        }
        if (broken != null) {
            channel.lose(broken);
        } else {
            wake();
        }
    }

    private void wake() {
        boolean start;
        synchronized (lock) {
            start = !started;
            started = true;
        }
        if (start) {
            start();
        } else {
            selector().wakeup();
        }
    }

    private void start() {
        try {
            scheduler.start("dma-cpu-selector", this);
        } catch (Throwable outOfThreads) {
            List<CpuChannel> forsaken = new ArrayList<>();
            synchronized (lock) {
                // Whoever comes next tries again.
                started = false;
                for (CpuChannel each = ready.poll(); each != null; each = ready.poll()) {
                    forsaken.add(each);
                }
            }
            // Nobody is left who would come for them.
            lose(forsaken, outOfThreads);
        }
    }

    @Override
    public void requeue(CpuChannel channel) {
        synchronized (lock) {
            ready.append(channel);
        }
    }

    /** What it has, it ends itself. */
    @Override
    public boolean endsAnywhere() {
        return false;
    }

    @Override
    public Lane onward() {
        return this;
    }

    @Override
    public boolean movesMemory() {
        return false;
    }

    @Override
    public boolean othersWait() {
        return true;
    }

    @Override
    public int looks() {
        return 0;
    }

    @Override
    public int turnTransfers() {
        return 1;
    }

    /** The thread ends; its channels are closed, so that nothing waits any more. */
    void close() {
        Selector toClose;
        boolean running;
        synchronized (lock) {
            closed = true;
            toClose = opened;
            running = started && failure == null;
        }
        if (toClose != null) {
            if (running) {
                toClose.wakeup();
            } else {
                close(toClose);
            }
        }
    }

    private static void close(Selector selector) {
        try {
            selector.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("could not close the selector", failed);
        }
    }

    // ---- On the selector's thread

    @Override
    public void run() {
        Selector selector = selector();
        try {
            while (!isOver()) {
                step(selector);
            }
        } catch (Throwable broken) {
            lose(broken);
            return;
        }
        close(selector);
    }

    private boolean isOver() {
        synchronized (lock) {
            return closed && ready.isEmpty();
        }
    }

    private void step(Selector selector) throws IOException {
        select(selector);
        // An interrupt is nobody's message here, and with it the selector would never wait again.
        Thread.interrupted();
        List<StreamEndpoint> selected = new ArrayList<>();
        for (SelectionKey key : selector.selectedKeys()) {
            selected.add((StreamEndpoint) key.attachment());
        }
        // Before serving: that may select again, for a stream that is given back.
        selector.selectedKeys().clear();
        selected.forEach(endpoint -> endpoint.serve(endpoint.readyInterests()));
        serveRung();
        serveClosed();
    }

    private void select(Selector selector) throws IOException {
        boolean rung;
        synchronized (lock) {
            rung = !ready.isEmpty();
        }
        if (rung || lookAtClosed) {
            selector.selectNow();
        } else if (endpoints.isEmpty()) {
            selector.select();
        } else {
            selector.select(LOOK_AT_CLOSED_MILLIS);
        }
    }

    private void serveRung() {
        int inThisRound;
        synchronized (lock) {
            inThisRound = ready.size();
        }
        for (int i = 0; i < inThisRound; i++) {
            CpuChannel channel = pollRung();
            if (channel != null) {
                channel.serve(this, null);
            }
        }
    }

    private @Nullable CpuChannel pollRung() {
        synchronized (lock) {
            return ready.poll();
        }
    }

    /** A stream that its client closed under a transfer: the access will fail, and say so. */
    private void serveClosed() {
        long now = scheduler.nanoTime();
        if (!lookAtClosed && now - lookedAtClosedNanos < LOOK_AT_CLOSED_MILLIS * 1_000_000) {
            return;
        }
        lookAtClosed = false;
        lookedAtClosedNanos = now;
        for (StreamEndpoint endpoint : List.copyOf(endpoints.values())) {
            if (!endpoint.isOpen()) {
                endpoint.serve(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        }
    }

    /**
     * The kernel refuses to wait, or the thread failed: what is in flight cannot be ended in good
     * order (C12).
     */
    private void lose(Throwable broken) {
        synchronized (lock) {
            failure = broken;
        }
        List<CpuChannel> forsaken = new ArrayList<>();
        endpoints.values().forEach(endpoint -> endpoint.addUsers(forsaken));
        for (CpuChannel channel = pollRung(); channel != null; channel = pollRung()) {
            forsaken.add(channel);
        }
        lose(forsaken, broken);
    }

    /** Each of them, also where one of them could not be told. */
    private static void lose(List<CpuChannel> forsaken, Throwable cause) {
        for (CpuChannel channel : forsaken) {
            try {
                channel.lose(cause);
            } catch (Throwable untold) {
                Uncaught.tell(untold);
            }
        }
    }

    // ---- For the channels it serves

    /** Begins a channel's use of a stream. */
    StreamUse use(SelectableChannel stream, CpuChannel channel, int interest) throws IOException {
        StreamEndpoint endpoint = endpoints.get(stream);
        if (endpoint == null) {
            endpoint = new StreamEndpoint(this, stream);
            endpoints.put(stream, endpoint);
        }
        return new StreamUse(endpoint, channel, interest);
    }

    StreamModes modes() {
        return modes;
    }

    void forget(StreamEndpoint endpoint) {
        endpoints.remove(endpoint.stream());
    }

    /** Cancelled registrations are let go only by a selection. */
    void flushCancelled() throws IOException {
        selector().selectNow();
    }

    /** As it was, unless a channel uses it. */
    void giveBack(SelectableChannel stream) {
        if (endpoints.containsKey(stream)) {
            return;
        }
        try {
            modes.restore(stream);
        } catch (IOException failed) {
            throw new UncheckedIOException("could not give back " + stream, failed);
        }
    }

    void lookAtClosed() {
        lookAtClosed = true;
    }

    Selector selector() {
        synchronized (lock) {
            if (opened == null) {
                throw new IllegalStateException("no stream was prepared");
            }
            return opened;
        }
    }
}
