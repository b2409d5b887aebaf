package org.dmaengine.engine.cpu;

import org.jspecify.annotations.Nullable;

/**
 * A queue of channels, linked through the channels themselves, so that neither a doorbell nor a
 * transfer allocates. A channel stands in one list at most: it is in one only while it is READY.
 * Guarded by the lock of the lane that has it.
 */
final class ReadyList {
    private @Nullable CpuChannel first;
    private @Nullable CpuChannel last;
    private int size;

    int size() {
        return size;
    }

    void append(CpuChannel channel) {
        assert channel.readyIn == null : channel + " stands in a list already";
        channel.readyIn = this;
        channel.readyPrevious = last;
        if (last == null) {
            first = channel;
        } else {
            last.readyNext = channel;
        }
        last = channel;
        size++;
    }

    @Nullable CpuChannel poll() {
        CpuChannel channel = first;
        if (channel != null) {
            remove(channel);
        }
        return channel;
    }

    /** False if it does not stand here. */
    boolean remove(CpuChannel channel) {
        if (channel.readyIn != this) {
            return false;
        }
        CpuChannel before = channel.readyPrevious;
        CpuChannel after = channel.readyNext;
        if (before == null) {
            first = after;
        } else {
            before.readyNext = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.readyPrevious = before;
        }
        channel.readyIn = null;
        channel.readyPrevious = null;
        channel.readyNext = null;
        size--;
        return true;
    }
}
