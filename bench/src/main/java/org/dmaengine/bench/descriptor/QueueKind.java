package org.dmaengine.bench.descriptor;

import org.dmaengine.bench.descriptor.ChannelQueue.Told;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What a process may copy through. */
enum QueueKind {
    POLLED("ours, polled"),
    CALLED_AT_ONCE("ours, callback on the engine's thread"),
    CALLED_BY_THREADS("ours, callback on a thread of its own"),
    INLINE("ours, inline"),
    EXECUTOR("ExecutorService"),
    FUTURES("CompletableFuture.runAsync"),
    VIRTUAL_THREADS("virtual threads"),
    ARRAY_BLOCKING_QUEUE("ArrayBlockingQueue"),
    LINKED_BLOCKING_QUEUE("LinkedBlockingQueue"),
    DISRUPTOR("Disruptor"),
    JCTOOLS("JCTools SpscVarHandleArrayQueue");

    /** As the report calls it. */
    final String title;

    QueueKind(String title) {
        this.title = title;
    }

    CopyQueue open() {
        return switch (this) {
            case POLLED -> ChannelQueue.open("workers", Told.BY_POLLING);
            case CALLED_AT_ONCE -> ChannelQueue.open("workers", Told.ON_ENGINE_THREAD);
            case CALLED_BY_THREADS -> ChannelQueue.open("workers", Told.ON_CALLBACK_THREAD);
            case INLINE -> ChannelQueue.open("inline", Told.BY_POLLING);
            case EXECUTOR -> new ExecutorQueue();
            case FUTURES -> new FutureQueue();
            case VIRTUAL_THREADS -> new VirtualThreadQueue();
            case ARRAY_BLOCKING_QUEUE ->
                    new HandOffQueue(new ArrayBlockingQueue<>(CopyQueue.DEPTH_MAX));
            case LINKED_BLOCKING_QUEUE ->
                    new HandOffQueue(new LinkedBlockingQueue<>(CopyQueue.DEPTH_MAX));
            case DISRUPTOR -> new DisruptorQueue();
            case JCTOOLS -> new JctoolsQueue();
        };
    }
}
