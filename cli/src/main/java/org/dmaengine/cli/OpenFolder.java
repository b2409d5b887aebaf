package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A folder, opened so that its names can be made to survive a crash; does nothing where folders
 * cannot be opened. It can be forced also when its mode has come to forbid to open it.
 */
final class OpenFolder implements AutoCloseable {
    private static final boolean CAN_BE_OPENED =
            !System.getProperty("os.name", "").startsWith("Windows");

    private final @Nullable FileChannel channel;

    private OpenFolder(@Nullable FileChannel channel) {
        this.channel = channel;
    }

    static OpenFolder of(Path folder) throws IOException {
        return new OpenFolder(
                CAN_BE_OPENED ? FileChannel.open(folder, StandardOpenOption.READ) : null);
    }

    /** The folder that a file or folder lies in. */
    static OpenFolder around(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        return folder == null ? new OpenFolder(null) : of(folder);
    }

    void force() throws IOException {
        if (channel != null) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
