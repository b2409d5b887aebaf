package org.dmaengine.bench;

import org.dmaengine.bench.Quiet.Watched;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A peer in its case. It takes part until it cannot, or fails; the others go on without it. */
final class Peer implements AutoCloseable {
    private final Entry entry;
    // Once it is open.
    private @Nullable Seat seat;
    // Once it is out.
    private @Nullable PeerResult out;

    Peer(Entry entry) {
        this.entry = entry;
    }

    /** Opens it, and lets it have a turn, which tells whether it can. */
    void open(Site site) throws Quiet.Disturbed, InterruptedException {
        attempt(() -> {
            Seat opened = Seat.open(entry, site);
            seat = opened;
            opened.warmUp();
            return opened;
        });
    }

    boolean takesPart() {
        return out == null;
    }

    /** A turn that does not count. */
    void warmUp() throws Quiet.Disturbed, InterruptedException {
        attempt(() -> {
            seat().warmUp();
            return this;
        });
    }

    /** A turn that counts; empty if it is out now. */
    Optional<Watched> turn(Quiet.Watch watch) throws Quiet.Disturbed, InterruptedException {
        return attempt(() -> seat().turn(watch));
    }

    void compare(double ratio) {
        seat().compare(ratio);
    }

    PeerResult result() {
        return out == null ? seat().result() : out;
    }

    private <T> Optional<T> attempt(Callable<T> step) throws Quiet.Disturbed, InterruptedException {
        try {
            return Optional.of(step.call());
        } catch (Quiet.Disturbed | InterruptedException ofAll) {
            throw ofAll;
        } catch (Skip skip) {
            out = new PeerResult.Skipped(entry.name(), skip.reason());
        } catch (Throwable wrong) {
            out = new PeerResult.Failed(entry.name(), wrong.toString());
        }
        return Optional.empty();
    }

    private Seat seat() {
        return Objects.requireNonNull(seat, "not open");
    }

    /** What goes wrong with that fails the peer, unless it is out for another reason. */
    @Override
    public void close() {
        try {
            if (seat != null) {
                seat.close();
            }
        } catch (IOException | RuntimeException wrong) {
            if (out == null) {
                out = new PeerResult.Failed(entry.name(), "at its end: " + wrong);
            }
        }
    }
}
