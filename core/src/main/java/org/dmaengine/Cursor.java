package org.dmaengine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A number that one side writes and the other reads, alone in its cache lines: on one line with
 * what the other side writes, each store would take the line from the other core, some 100 ns.
 */
@SuppressWarnings("UnusedVariable") // The padding.
class Cursor {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Cursor.class, "value", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private long before1;
    private long before2;
    private long before3;
    private long before4;
    private long before5;
    private long before6;
    private long before7;
    private long value;
    private long after1;
    private long after2;
    private long after3;
    private long after4;
    private long after5;
    private long after6;
    private long after7;

    Cursor(long value) {
        this.value = value;
    }

    /** For the side that writes. */
    final long get() {
        return value;
    }

    /** For the other side; its pair is {@link #setRelease}. */
    final long getAcquire() {
        return (long) VALUE.getAcquire(this);
    }

    /** Its pair is {@link #getAcquire}: what was written before is seen there. */
    final void setRelease(long next) {
        VALUE.setRelease(this, next);
    }

    /** Where both sides write. */
    final boolean compareAndSet(long expected, long next) {
        return VALUE.compareAndSet(this, expected, next);
    }
}
