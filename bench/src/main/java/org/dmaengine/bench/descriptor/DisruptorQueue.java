package org.dmaengine.bench.descriptor;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;

import java.lang.foreign.Arena;

/** A Disruptor with one producer and one consumer that spins; a burst is published at once. */
final class DisruptorQueue extends CopyQueue {
    private static final String WORKER = "bench-disruptor";

    private static final class Event {
        int slot;
    }

    private final Disruptor<Event> disruptor =
            new Disruptor<>(
                    Event::new,
                    DEPTH_MAX,
                    Thread.ofPlatform().name(WORKER).daemon(true).factory(),
                    ProducerType.SINGLE,
                    new BusySpinWaitStrategy());
    private final RingBuffer<Event> ring = disruptor.getRingBuffer();
    private long claimedFirst = -1;
    private long claimedLast;

    DisruptorQueue() {
        super(Arena.ofShared());
        disruptor.handleEventsWith((event, sequence, endOfBatch) -> {
            move(event.slot);
            done.setRelease(sequence + 1);
        });
        disruptor.start();
    }

    @Override
    boolean copy(int slot) {
        if (!ring.hasAvailableCapacity(1)) {
            return false;
        }
        claimedLast = ring.next();
        ring.get(claimedLast).slot = slot;
        if (claimedFirst < 0) {
            claimedFirst = claimedLast;
        }
        return true;
    }

    @Override
    void doorbell() {
        if (claimedFirst >= 0) {
            ring.publish(claimedFirst, claimedLast);
            claimedFirst = -1;
        }
    }

    @Override
    String workers() {
        return WORKER;
    }

    @Override
    public void close() {
        disruptor.halt();
    }
}
