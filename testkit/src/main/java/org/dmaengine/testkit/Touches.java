package org.dmaengine.testkit;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.engine.sim.SimFault;
import org.dmaengine.engine.sim.SimObserver;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sees when the simulated controller touches memory, and when it says that it is done: the truth
 * against which outcomes are judged. On other engines it sees nothing.
 */
final class Touches implements SimObserver {
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> takenTimes = new ConcurrentHashMap<>();
    private final Set<String> aborted = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> afterAbort = new ConcurrentHashMap<>();
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong afterLastTouch = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();

    private Touches() {}

    /** Before the engine is opened. */
    static Touches of(ScenarioBench bench) {
        Touches touches = new Touches();
        bench.engine.observe(touches);
        return touches;
    }

    private static String id(String channel, long ticket) {
        return channel + "/" + ticket;
    }

    @Override
    public void taken(String channel, long ticket, Operation operation) {
        running.add(id(channel, ticket));
        takenTimes.merge(id(channel, ticket), 1L, Long::sum);
    }

    @Override
    public void touching(
            String channel,
            long ticket,
            MemorySegment memory,
            long offsetBytes,
            long lengthBytes,
            boolean written) {
        if (aborted.contains(channel)) {
            afterAbort.merge(channel, 1L, Long::sum);
        }
        if (!running.contains(id(channel, ticket))) {
            afterLastTouch.incrementAndGet();
        }
        if (written) {
            writtenBytes.addAndGet(lengthBytes);
        }
    }

    @Override
    public void lastTouch(String channel, long ticket) {
        running.remove(id(channel, ticket));
    }

    @Override
    public void ending(String channel, long ticket, Outcome outcome, long bytes) {
        // What counts is the last touch.
    }

    @Override
    public void told(String channel, String what) {
        if (what.equals("abort")) {
            aborted.add(channel);
        }
    }

    @Override
    public void fault(String channel, long ticket, SimFault fault) {
        faults.incrementAndGet();
    }

    /** Transfers that were taken and whose last touch is still to come. */
    long running() {
        return running.size();
    }

    /** How often this channel touched memory when it had been told to stop. */
    long afterAbort(String channel) {
        return afterAbort.getOrDefault(channel, 0L);
    }

    /** How often memory was touched after what was called the last touch. */
    long afterLastTouch() {
        return afterLastTouch.get();
    }

    long writtenBytes() {
        return writtenBytes.get();
    }

    /** How many planned faults have happened. */
    long faults() {
        return faults.get();
    }

    /** True if no transfer was taken twice. */
    boolean eachTakenOnce() {
        return takenTimes.values().stream().allMatch(times -> times == 1);
    }
}
