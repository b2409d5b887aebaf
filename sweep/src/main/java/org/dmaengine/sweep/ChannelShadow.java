package org.dmaengine.sweep;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** What the oracle knows about one channel, from outside: from its request to its close. */
final class ChannelShadow {
    final String name;
    final DmaChannel channel;

    // By cookie, which counts from 1.
    private final List<TransferShadow> transfers = new ArrayList<>();

    long generation = 1;

    /** Cookies up to here were issued. */
    long issuedUpTo;

    /** Cookies up to here belong to generations whose termination has returned. */
    long closedUpTo;

    /** Cookies up to here were reported quiesced. */
    long quiescedUpTo;

    /** Callbacks of closed generations that began since the last termination returned. */
    int strays;

    /** Rises with whatever takes a pause back. */
    long holdEpoch;

    boolean paused;
    boolean lost;
    boolean closed;
    int closers;
    int synchronizers;
    int callbacksRunning;
    long lastCallbackOrder;
    long lastUsed;
    long lastCompleted;

    // The descriptor that was kept last, and the generation it was prepared in.
    @Nullable Descriptor kept;
    @Nullable Step keptStep;
    Arenas.@Nullable Region keptRegion;
    long keptGeneration;

    ChannelShadow(String name, DmaChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    void add(TransferShadow transfer) {
        if (transfer.cookie != transfers.size() + 1) {
            throw new Violation(
                    "C2", "cookie " + transfer.cookie + " came after " + transfers.size());
        }
        transfers.add(transfer);
    }

    @Nullable TransferShadow find(long cookie) {
        return cookie >= 1 && cookie <= transfers.size() ? transfers.get((int) cookie - 1) : null;
    }

    long lastCookie() {
        return transfers.size();
    }

    List<TransferShadow> transfers() {
        return transfers;
    }

    @Override
    public String toString() {
        return name;
    }
}
