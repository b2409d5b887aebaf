package org.dmaengine.engine.uring;

import org.jspecify.annotations.Nullable;

/**
 * The requests of one channel that the kernel has, newest first: each from its entry in the ring to
 * its own completion entry. They are linked by {@link Request#next}, so that none is looked for and
 * nothing is allocated. Of the worker's thread alone.
 */
final class InKernel {
    private @Nullable Request newest;
    private int count;
    private boolean exclusive;

    void add(Request request) {
        request.next = newest;
        if (newest != null) {
            newest.previous = request;
        }
        newest = request;
        count++;
        exclusive = !request.isIndependent();
    }

    void remove(Request request) {
        Request newer = request.previous;
        Request older = request.next;
        if (newer == null) {
            newest = older;
        } else {
            newer.next = older;
        }
        if (older != null) {
            older.previous = newer;
        }
        request.previous = null;
        request.next = null;
        count--;
        exclusive = false;
    }

    /** The others follow by {@link Request#next}. */
    @Nullable Request newest() {
        return newest;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /**
     * Whether one more may enter, where so many may be there at once: not beside one that is to be
     * alone.
     */
    boolean hasRoom(int depth) {
        return !exclusive && count < depth;
    }
}
