package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.dmaengine.Command;
import org.jspecify.annotations.Nullable;

/** The ring's entries for what moves no bytes: a command, or an INTERRUPT, which has none. */
final class CommandEntry {
    private CommandEntry() {}

    static void write(
            Ring ring,
            long entry,
            @Nullable Command command,
            @Nullable OpenFile file,
            long userData) {
        int to = file == null ? -1 : file.number();
        int flags = file == null ? 0 : file.entryFlags();
        switch (command) {
            case null -> ring.write(entry, IORING_OP_NOP, 0, -1, 0, 0, 0, 0, userData);
            case Command.Sync(boolean dataOnly) -> {
                int kind = dataOnly ? IORING_FSYNC_DATASYNC : 0;
                ring.write(entry, IORING_OP_FSYNC, flags, to, 0, 0, 0, kind, userData);
            }
            case Command.Allocate(long from, long bytes, boolean keepSize) -> {
                int mode = keepSize ? FALLOC_FL_KEEP_SIZE : 0;
                // The length stands where others have their address, and the mode in the length.
                ring.write(entry, IORING_OP_FALLOCATE, flags, to, from, bytes, mode, 0, userData);
            }
            case Command.PunchHole(long from, long bytes) -> {
                int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
                ring.write(entry, IORING_OP_FALLOCATE, flags, to, from, bytes, mode, 0, userData);
            }
            case Command.ShutdownOutput() ->
                    ring.write(entry, IORING_OP_SHUTDOWN, flags, to, 0, 0, SHUT_WR, 0, userData);
            case Command.Accept _, Command.Connect _ ->
                    throw new IllegalStateException(command + " only waits for readiness");
        }
    }
}
