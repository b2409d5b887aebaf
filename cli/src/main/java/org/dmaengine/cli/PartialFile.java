package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A target on its way: a file under a temporary name beside it, readable by its owner only, that
 * gets the target's name when it is whole and on disk. With it goes a {@link Journal} of how many
 * bytes are surely on disk, so that a later copy can go on there.
 */
final class PartialFile implements AutoCloseable {
    private final Destination to;
    private final TargetFile file;
    private final Journal journal;
    private final SourceIdentity source;
    private final long startBytes;
    private boolean announced;
    private TargetAttributes given = TargetAttributes.NONE;
    private TargetAttributes last = TargetAttributes.NONE;

    private PartialFile(
            Destination to,
            TargetFile file,
            Journal journal,
            SourceIdentity source,
            long startBytes) {
        this.to = to;
        this.file = file;
        this.journal = journal;
        this.source = source;
        this.startBytes = startBytes;
        this.announced = startBytes > 0;
    }

    /**
     * Begins at 0; what an interrupted copy left is dropped.
     *
     * @param mode what it gets, less the umask; that of its owner only, unless its folder hides it
     * @param direct whether to write it past the page cache, where the file system does that
     */
    static PartialFile fresh(
            Destination to, SourceIdentity source, Set<PosixFilePermission> mode, boolean direct)
            throws IOException {
        // The journal first: it must never be about another partial file than the one beside it.
        Journal journal = to.isNew() ? Journal.first(to.path()) : Journal.fresh(to.path());
        return new PartialFile(to, created(to, mode, direct), journal, source, 0);
    }

    private static TargetFile created(Destination to, Set<PosixFilePermission> mode, boolean direct)
            throws IOException {
        for (int tries = 0; tries < OwnFile.TRIES_MAX; tries++) {
            try {
                return TargetFile.create(to, mode, direct);
            } catch (FileAlreadyExistsException inTheWay) {
                if (to.isNew()) {
                    // Not locked, so it may be on its way now.
                    throw new CommandFailure(
                            to.partial()
                                    + " is in the way, in a folder that this copy has made; if its"
                                    + " file system takes upper case for lower, rename the one or"
                                    + " the other",
                            inTheWay);
                }
                discardLeftOver(to.partial());
            }
        }
        throw OwnFile.busy(to.partial());
    }

    /** Deletes what an earlier copy to the target left of a file, or of a link. */
    static void dropLeftOver(Path target) throws IOException {
        Path partial = Siblings.partial(target);
        if (Files.isSymbolicLink(partial)) {
            // Deleting it follows nothing.
            Files.delete(partial);
        } else if (Files.exists(partial, LinkOption.NOFOLLOW_LINKS)) {
            discardLeftOver(partial);
        }
    }

    private static void discardLeftOver(Path partial) throws IOException {
        try {
            OwnFile.discardLeftOver(partial);
        } catch (NoSuchFileException gone) {
            // Another copy was quicker.
        }
    }

    /**
     * Goes on where an interrupted copy of the same source stopped; empty if there is nothing to go
     * on with.
     *
     * @param direct as for {@link #fresh}
     * @throws CommandFailure if the source is not what it was then
     */
    static Optional<PartialFile> resumed(Destination to, SourceIdentity source, boolean direct)
            throws IOException {
        Optional<Journal> found = Journal.leftOver(to.path());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Journal journal = found.get();
        boolean taken = false;
        try {
            Claim claim = Claim.of(journal.entries(), source);
            Optional<TargetFile> left = claimed(claim, to, direct);
            taken = left.isPresent();
            return left.map(file -> new PartialFile(to, file, journal, source, claim.safeBytes()));
        } finally {
            if (!taken) {
                journal.close();
            }
        }
    }

    /** What the claim is about, cut to it; empty if there is nothing to go on with. */
    private static Optional<TargetFile> claimed(Claim claim, Destination to, boolean direct)
            throws IOException {
        TargetFile file;
        try {
            file =
                    TargetFile.openLeftOver(
                            to.partial(), direct && DirectIo.isWhole(claim.safeBytes()));
        } catch (NoSuchFileException partialIsGone) {
            // Then the journal is about nothing, and fresh() drops it.
            return Optional.empty();
        }
        boolean taken = false;
        try {
            if (claim.isOfAnotherSource()) {
                throw new CommandFailure(
                        "the source has changed since the copy to "
                                + to.path()
                                + " was interrupted; run without --resume to start anew");
            }
            taken = claim.safeBytes() > 0 && file.channel().size() >= claim.safeBytes();
            if (taken) {
                // Behind the claim may be anything: a block may have been on its way.
                file.channel().truncate(claim.safeBytes());
            }
            return taken ? Optional.of(file) : Optional.empty();
        } finally {
            if (!taken) {
                file.close();
            }
        }
    }

    /**
     * What a journal says.
     *
     * @param isOfAnotherSource whether it is about another state of the source
     * @param safeBytes how many bytes are surely on disk; 0 if it does not tell of which source
     */
    private record Claim(boolean isOfAnotherSource, long safeBytes) {
        static Claim of(List<Map<String, Object>> entries, SourceIdentity source) {
            long safe = 0;
            boolean known = false;
            boolean another = false;
            for (Map<String, Object> entry : entries) {
                if (entry.get("source") instanceof Map<?, ?> then) {
                    known = true;
                    another |= !source.matches(then);
                }
                if (entry.get("safe") instanceof Number bytes) {
                    safe = Math.max(safe, bytes.longValue());
                }
            }
            return new Claim(another, known ? safe : 0);
        }
    }

    Path path() {
        return to.partial();
    }

    /** What it will be. */
    Path target() {
        return to.path();
    }

    /** What it is a copy of. */
    SourceIdentity source() {
        return source;
    }

    TargetFile file() {
        return file;
    }

    /** Where to go on; 0 for a fresh one. */
    long startBytes() {
        return startBytes;
    }

    /**
     * Puts all written so far on disk, and then claims a prefix of it in the journal. In this
     * order: the journal never claims what a crash could take back.
     */
    void secure(long prefixBytes) throws IOException {
        // It may end in a hole, which nobody has written.
        long _ = file.reach(prefixBytes);
        file.channel().force(false);
        if (!announced) {
            Map<String, Object> head = Json.object();
            head.put("source", source.toJson());
            journal.append(head);
            announced = true;
        }
        Map<String, Object> entry = Json.object();
        entry.put("safe", prefixBytes);
        journal.append(entry);
    }

    /**
     * Gives it mode and times. A mode that would keep its owner from taking it up again comes only
     * with the name.
     */
    void apply(TargetAttributes attributes) throws IOException {
        given = attributes;
        if (attributes.areMade(to.isNew())) {
            return;
        }
        last = attributes.closing();
        set(attributes.opening());
    }

    private void set(TargetAttributes attributes) throws IOException {
        if (!attributes.isNone()) {
            file.own().requireInPlace();
            attributes.applyTo(to.partial());
            file.own().renewLock();
        }
    }

    /** Forces all of it to disk, its attributes too. */
    void force() throws IOException {
        file.channel().force(true);
    }

    /**
     * Gives it in one step its final name. That the name survives a crash is for the caller to see
     * to, but where a journal goes with it: that may not go before.
     */
    void publish() throws IOException {
        if (!to.isNew()) {
            lookAtReplaced();
        }
        set(last);
        file.own().requireInPlace();
        rename();
        if (announced) {
            try (OpenFolder folder = OpenFolder.around(to.path())) {
                folder.force();
            }
        }
        journal.delete();
    }

    /** What the name belongs to may be another file, or have another mode, than at the start. */
    private void lookAtReplaced() throws IOException {
        Optional<UnixFile> there = UnixFile.find(to.path());
        if (there.isPresent() && !there.get().isPlain() && !there.get().isFolder()) {
            throw new CommandFailure(
                    to.path()
                            + " is no plain file any more, and nothing else is replaced; remove it,"
                            + " or copy elsewhere");
        }
        Optional<TargetAttributes> others = given.replacing(to.path(), there);
        if (others.isPresent()) {
            apply(others.get());
        }
    }

    /**
     * The file itself is renamed onto the name: a link that is put there now is replaced, and not
     * followed.
     */
    private void rename() throws IOException {
        try {
            Files.move(to.partial(), to.path(), StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException refused) {
            if (Files.isDirectory(to.path(), LinkOption.NOFOLLOW_LINKS)) {
                throw new CommandFailure(
                        to.path() + " became a folder while it was copied to", refused);
            }
            throw refused;
        }
    }

    /**
     * After a failure: is kept if a later copy can go on with it, and else discarded.
     *
     * @param resumable whether the failure allows a later copy to go on
     * @return what to tell
     */
    CommandFailure abandon(CommandFailure why, boolean resumable) throws IOException {
        if (resumable && announced && file.own().isInPlace()) {
            return new CommandFailure(
                    why.line()
                            + "; then go on with --resume, or remove "
                            + to.partial()
                            + ", which keeps what is safe",
                    why);
        }
        discard();
        return why;
    }

    /** Nothing of it is worth keeping. What another copy has put in its place is let alone. */
    void discard() throws IOException {
        if (file.own().isInPlace()) {
            Files.deleteIfExists(to.partial());
        }
        journal.delete();
    }

    @Override
    public void close() throws IOException {
        file.close();
        journal.close();
    }
}
