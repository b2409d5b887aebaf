package org.dmaengine.engine.sim;

import org.jspecify.annotations.Nullable;

import java.util.PriorityQueue;

/** What a controller is going to do, and when; equal times in the order they were planned. */
final class Timeline {
    /** Something planned. */
    static final class Event implements Comparable<Event> {
        final long atNanos;
        final Runnable body;
        private final long order;

        private Event(long atNanos, long order, Runnable body) {
            this.atNanos = atNanos;
            this.order = order;
            this.body = body;
        }

        @Override
        public int compareTo(Event other) {
            return atNanos != other.atNanos
                    ? Long.compare(atNanos, other.atNanos)
                    : Long.compare(order, other.order);
        }
    }

    // Few at a time: what is out of date is taken out, so that an idle controller plans nothing.
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long planned;

    Event add(long atNanos, Runnable body) {
        Event event = new Event(atNanos, planned++, body);
        events.add(event);
        return event;
    }

    void cancel(@Nullable Event event) {
        if (event != null) {
            events.remove(event);
        }
    }

    /** The time of the next; {@link Long#MAX_VALUE} if there is none. */
    long nextAtNanos() {
        Event next = events.peek();
        return next == null ? Long.MAX_VALUE : next.atNanos;
    }

    /** Takes the next out, if its time has come. */
    @Nullable Event pollDue(long nowNanos) {
        return nextAtNanos() <= nowNanos ? events.poll() : null;
    }
}
