package org.dmaengine.engine.sim;

/**
 * What goes wrong with one transfer, or with the controller while it has that transfer. What the
 * hardware does wrong, the simulated engine handles as a careful driver would; what an engine may
 * not do (a completion twice, for nobody, for an old generation), it does on purpose, and the core
 * has to survive it (P4).
 */
public sealed interface SimFault {
    /** The completion entry comes so much later; the memory is not touched meanwhile. */
    record LateCompletion(long nanos) implements SimFault {
        /** Refuses what is negative. */
        public LateCompletion {
            requireNotNegative(nanos);
        }
    }

    /** No completion entry comes; the watchdog finds the transfer over, and reports it. */
    record LostCompletion() implements SimFault {}

    /** The end is reported a second time, so much later; 0 is at once. */
    record DuplicateCompletion(long nanos) implements SimFault {
        /** Refuses what is negative. */
        public DuplicateCompletion {
            requireNotNegative(nanos);
        }
    }

    /** The end is held back until a later transfer of the channel has ended, or so long. */
    record ReorderedCompletion(long nanos) implements SimFault {
        /** Refuses what is negative. */
        public ReorderedCompletion {
            requireNotNegative(nanos);
        }
    }

    /** Before its own end, one is reported for a transfer that was never handed out. */
    record SpuriousCompletion() implements SimFault {}

    /**
     * Before its own end, the end of an old transfer of this channel is reported once more (E8).
     */
    record OldCompletion() implements SimFault {}

    /** Reading fails at this byte. */
    record ReadError(long atByte) implements SimFault {
        /** Refuses what is negative. */
        public ReadError {
            requireNotNegative(atByte);
        }
    }

    /** Writing fails at this byte. */
    record WriteError(long atByte) implements SimFault {
        /** Refuses what is negative. */
        public WriteError {
            requireNotNegative(atByte);
        }
    }

    /**
     * Writing fails at this byte, and the rest of that burst is there all the same: the bytes that
     * are reported are the least that were written.
     */
    record TornWrite(long atByte) implements SimFault {
        /** Refuses what is negative. */
        public TornWrite {
            requireNotNegative(atByte);
        }
    }

    /** The source ends at this byte: COMPLETE, with a residue. */
    record Partial(long atByte) implements SimFault {
        /** Refuses what is negative. */
        public Partial {
            requireNotNegative(atByte);
        }
    }

    /**
     * Nothing moves for so long, half-way; the watchdog may find the engine lost meanwhile. {@link
     * Long#MAX_VALUE} is for ever.
     */
    record Stuck(long nanos) implements SimFault {
        /** Refuses what is negative. */
        public Stuck {
            requireNotNegative(nanos);
        }
    }

    /** A stop takes so much longer to be acknowledged. */
    record LateStop(long nanos) implements SimFault {
        /** Refuses what is negative. */
        public LateStop {
            requireNotNegative(nanos);
        }
    }

    /** A stop is never acknowledged, and bytes go on moving, as with {@link StopModel#NEVER}. */
    record NoStop() implements SimFault {}

    /**
     * When the transfer was taken, the controller's ring is full: nothing is pulled for so long.
     */
    record QueueFull(long nanos) implements SimFault {
        /** Refuses what is negative. */
        public QueueFull {
            requireNotNegative(nanos);
        }
    }

    /**
     * When the transfer has begun, the controller is gone, with all its channels (C12). After so
     * long it is back, and proves what it held; {@link Long#MAX_VALUE} is never.
     */
    record Gone(long backAfterNanos) implements SimFault {
        /** Refuses what is negative. */
        public Gone {
            requireNotNegative(backAfterNanos);
        }
    }

    private static void requireNotNegative(long value) {
        if (value < 0) {
            throw new IllegalArgumentException(value + " is no place and no time of a fault");
        }
    }
}
