package org.dmaengine;

import java.util.ArrayDeque;
import java.util.Deque;

/** The submitters' end of a ring, for one thread, with a queue for each place. */
public abstract class RingModel {
    private final int depth;
    private final Deque<Long> submitted = new ArrayDeque<>();
    final Deque<Long> issued = new ArrayDeque<>();
    private long tail = 1;
    long head = 1;

    RingModel(int depth) {
        this.depth = depth;
    }

    public long submit() {
        if (tail - head == depth) {
            return 0;
        }
        submitted.add(tail);
        return tail++;
    }

    public void issue() {
        issued.addAll(submitted);
        submitted.clear();
    }

    public long head() {
        return head;
    }
}
