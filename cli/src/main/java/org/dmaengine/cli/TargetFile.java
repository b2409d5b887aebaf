package org.dmaengine.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * A file that is written to, past the page cache or through it.
 *
 * @param own the file
 * @param direct whether it goes past the page cache
 */
record TargetFile(OwnFile own, boolean direct) implements AutoCloseable {
    /**
     * Makes it under its temporary name, as {@link OwnFile#create}.
     *
     * @param mode what it gets in a folder that hides it, less the umask
     * @param direct whether to go past the page cache, where the file system does that
     */
    static TargetFile create(Destination to, Set<PosixFilePermission> mode, boolean direct)
            throws IOException {
        return open(to.partial(), direct, (_, more) -> make(to, mode, more));
    }

    /** Opens one that an earlier copy left, as {@link OwnFile#openLeftOver}. */
    static TargetFile openLeftOver(Path path, boolean direct) throws IOException {
        return open(path, direct, OwnFile::openLeftOver);
    }

    /** One of the two ways to open a file. */
    private interface Opening {
        OwnFile open(Path path, OpenOption... more) throws IOException;
    }

    private static TargetFile open(Path path, boolean direct, Opening opening) throws IOException {
        Optional<OpenOption> option = direct ? directOption(path) : Optional.empty();
        if (option.isPresent()) {
            try {
                return new TargetFile(opening.open(path, option.get()), true);
            } catch (FileAlreadyExistsException | NoSuchFileException notRefused) {
                throw notRefused;
            } catch (FileSystemException | UnsupportedOperationException noDirectIo) {
                // Through the page cache then.
            }
        }
        return new TargetFile(opening.open(path), false);
    }

    private static Optional<OpenOption> directOption(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        return folder == null ? Optional.empty() : DirectIo.option(folder);
    }

    /** Linux makes the file before it finds out that its file system does no direct I/O. */
    private static OwnFile make(Destination to, Set<PosixFilePermission> mode, OpenOption... more)
            throws IOException {
        Path path = to.partial();
        try {
            return to.isNew()
                    ? OwnFile.createUnlocked(path, mode, more)
                    : OwnFile.create(path, more);
        } catch (FileAlreadyExistsException | NoSuchFileException notMade) {
            throw notMade;
        } catch (FileSystemException refused) {
            if (more.length > 0 && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                OwnFile.discardLeftOver(path);
            }
            throw refused;
        }
    }

    /** What it is written by; if {@link #direct}, by whole {@link DirectIo} units alone. */
    FileChannel channel() {
        return own.channel();
    }

    Endpoint endpoint() {
        return Endpoint.target(this);
    }

    /**
     * Tells how long it will be. Direct writes behind the end of a file wait for one another, those
     * before it need not.
     */
    void expect(long lengthBytes) throws IOException {
        if (direct) {
            long _ = reach(lengthBytes);
        }
    }

    /** Gives it its length: where it ends in a hole, or was filled by whole units. */
    void setLength(long lengthBytes) throws IOException {
        if (reach(lengthBytes) > lengthBytes) {
            channel().truncate(lengthBytes);
        }
    }

    /**
     * Makes it at least so long, though all before was told as written, and lies in a hole: others
     * may write behind it meanwhile. Answers how long it is then.
     */
    long reach(long lengthBytes) throws IOException {
        long size = channel().size();
        if (size >= lengthBytes) {
            return size;
        }
        if (direct) {
            ByteBuffer zeros = DirectIo.buffer(DirectIo.UNIT_BYTES);
            channel().write(zeros, DirectIo.roundedUp(lengthBytes) - DirectIo.UNIT_BYTES);
        } else {
            channel().write(ByteBuffer.allocate(1), lengthBytes - 1);
        }
        return channel().size();
    }

    @Override
    public void close() throws IOException {
        own.close();
    }
}
