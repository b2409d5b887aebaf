package org.dmaengine.engine.cpu;

import org.jspecify.annotations.Nullable;

/**
 * A queue of channels, linked through the channels themselves, so that neither a doorbell nor a
 * transfer allocates: a channel stands in one queue at most. Guarded by the lock of its lane.
 */
final class ReadyList {
    private @Nullable CpuChannel first;
    private @Nullable CpuChannel last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return size;
    }

    void append(CpuChannel channel) {
        assert channel.readyNext == null : channel + " stands in a queue already";
        if (last == null) {
            first = channel;
        } else {
            last.readyNext = channel;
        }
        last = channel;
        size++;
    }

    /**
     * Appends those that are linked with one another, the last one first.
     *
     * @param newest null for none
     */
    void appendNewestFirst(@Nullable CpuChannel newest) {
        CpuChannel behind = null;
        CpuChannel each = newest;
        while (each != null) {
            CpuChannel before = each.readyNext;
            each.readyNext = behind;
            behind = each;
            each = before;
            size++;
        }
        if (last == null) {
            first = behind;
        } else {
            last.readyNext = behind;
        }
        if (newest != null) {
            last = newest;
        }
    }

    /** Takes one out, wherever it stands; false if it does not stand here. */
    boolean remove(CpuChannel channel) {
        CpuChannel before = null;
        CpuChannel each = first;
        while (each != null && !each.equals(channel)) {
            before = each;
            each = each.readyNext;
        }
        if (each == null) {
            return false;
        }
        if (before == null) {
            first = each.readyNext;
        } else {
            before.readyNext = each.readyNext;
        }
        if (each.equals(last)) {
            last = before;
        }
        each.readyNext = null;
        size--;
        return true;
    }

    @Nullable CpuChannel poll() {
        CpuChannel channel = first;
        if (channel != null) {
            first = channel.readyNext;
            channel.readyNext = null;
            size--;
            if (first == null) {
                last = null;
            }
        }
        return channel;
    }
}
