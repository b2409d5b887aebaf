package org.dmaengine.engine.uring;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The entries that the kernel has in its hands, and what becomes of them: done at once, waiting for
 * their file, cancelled, or held by a test.
 */
final class FakeFlight {
    private final FakeLock lock;
    private final FakeFaults faults;

    // Guarded by the lock; in the order in which they came.
    private final Set<FakeEntry> entries = new LinkedHashSet<>();

    FakeFlight(FakeLock lock, FakeFaults faults) {
        this.lock = lock;
        this.faults = faults;
    }

    // ---- For the kernel, under the lock

    void begin(FakeEntry entry) {
        entries.add(entry);
        act(entry, faults.fateOf(entry));
    }

    /** Goes on with whoever can go on, after something has changed. */
    void settle() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (FakeEntry each : List.copyOf(entries)) {
                if (each.state() == FakeEntry.State.WAITING) {
                    perform(each);
                    moved |= each.state() == FakeEntry.State.OVER;
                }
            }
        }
        lock.signal();
    }

    private void act(FakeEntry entry, Fate fate) {
        switch (fate) {
            case Fate.Run() -> perform(entry);
            case Fate.Shorten(int bytesMax) -> {
                entry.shorten(bytesMax);
                perform(entry);
            }
            case Fate.Answer(int result) -> finish(entry, result);
            case Fate.Hold() -> entry.state(FakeEntry.State.HELD);
        }
    }

    private void perform(FakeEntry entry) {
        int result = entry.isCancel() ? cancel(entry) : FakeOperations.perform(entry);
        if (result == FakeOperations.WAITS) {
            entry.state(FakeEntry.State.WAITING);
        } else {
            finish(entry, result);
        }
    }

    private int cancel(FakeEntry cancel) {
        for (FakeEntry each : entries) {
            if (each.isTargetOf(cancel)) {
                if (each.state() == FakeEntry.State.HELD) {
                    return -Errno.EALREADY;
                }
                finish(each, -Errno.ECANCELED);
                return 0;
            }
        }
        return -Errno.ENOENT;
    }

    private void finish(FakeEntry entry, int result) {
        entry.state(FakeEntry.State.OVER);
        entries.remove(entry);
        entry.ring().post(entry.userData(), result);
        entry.releaseFile();
    }

    // ---- From any thread

    /** Goes on with an entry that is held. */
    void proceed(FakeEntry entry, Fate fate) {
        lock.locked(() -> {
            assert entry.state() == FakeEntry.State.HELD : entry;
            act(entry, fate);
            settle();
        });
    }

    /** Any completion, also for what nobody has ever asked. */
    void post(FakeRing ring, long userData, int result) {
        lock.locked(() -> {
            ring.post(userData, result);
            settle();
        });
    }

    boolean isOver(FakeEntry entry) {
        return lock.locked(() -> entry.state() == FakeEntry.State.OVER);
    }

    List<FakeEntry> entries() {
        return lock.locked(() -> List.copyOf(entries));
    }

    boolean isUsing(FakeRing ring) {
        return lock.locked(() -> entries.stream().anyMatch(each -> each.ring() == ring));
    }
}
