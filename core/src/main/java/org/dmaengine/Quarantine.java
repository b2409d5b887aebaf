package org.dmaengine;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Memory that is withheld because nobody could prove that it is not touched any more (C12): counted
 * and reported, never freed or reused. A late proof takes it out again. Leaking is reported;
 * corrupting is not an option.
 */
public final class Quarantine {
    /**
     * One transfer whose memory is withheld.
     *
     * @param engine the engine's name
     * @param transfer what it is, with its buffers
     * @param reason why the last touch could not be proved
     */
    public record Entry(String engine, OwnedTransfer transfer, String reason) {}

    // By node, so that a late proof finds its entry; holds the segments, and so the memory.
    private static final ConcurrentMap<TransferNode, Entry> ENTRIES = new ConcurrentHashMap<>();

    // Arenas whose close gave up waiting: freed when their last transfer has its proof.
    private static final Set<MemoryOwner> WITHHELD = ConcurrentHashMap.newKeySet();

    private Quarantine() {}

    /** All that is withheld in this process. */
    public static List<Entry> entries() {
        return List.copyOf(ENTRIES.values());
    }

    /** Bytes of memory withheld; memory used by several transfers counts once for each. */
    public static long bytes() {
        return ENTRIES.values().stream().mapToLong(e -> e.transfer.bufferBytes()).sum();
    }

    /** Arenas and mappings that were closed, and are freed when their last proof arrives. */
    public static int withheldArenas() {
        return WITHHELD.size();
    }

    /** Of one opened engine: another one may have its name. */
    static List<Entry> entriesOf(OpenedEngine engine) {
        return ENTRIES.entrySet().stream()
                .filter(each -> each.getKey().channel.engine == engine)
                .map(Map.Entry::getValue)
                .toList();
    }

    static void enter(TransferNode node, String engine, String reason) {
        ENTRIES.put(node, new Entry(engine, node.owned(), reason));
    }

    /** True if it was there. */
    static boolean leave(TransferNode node) {
        return ENTRIES.remove(node) != null;
    }

    static void withhold(MemoryOwner owner) {
        WITHHELD.add(owner);
        // A proof may have come between the last look and the line above.
        sweep();
    }

    /** Whether a proof may let go of something: then somebody is to {@link #sweep}. */
    static boolean isWithholding() {
        return !WITHHELD.isEmpty();
    }

    /** Frees what is not used any more. Never call it with a lock held. */
    static void sweep() {
        WITHHELD.removeIf(MemoryOwner::freeIfUnused);
    }
}
