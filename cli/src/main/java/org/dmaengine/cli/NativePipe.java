package org.dmaengine.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A pipe by its two descriptors, which a pipe of Java does not tell. */
final class NativePipe implements AutoCloseable {
    private final LinuxCalls linux;
    private final int source;
    private final int sink;

    private NativePipe(LinuxCalls linux, int source, int sink) {
        this.linux = linux;
        this.source = source;
        this.sink = sink;
    }

    static NativePipe open(LinuxCalls linux) throws RingUnavailable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment two = arena.allocate(ValueLayout.JAVA_INT, 2);
            int result = linux.pipe(two);
            if (result < 0) {
                throw new RingUnavailable("no pipe could be made: error " + -result);
            }
            return new NativePipe(
                    linux,
                    two.getAtIndex(ValueLayout.JAVA_INT, 0),
                    two.getAtIndex(ValueLayout.JAVA_INT, 1));
        }
    }

    /** The end to read from. */
    int source() {
        return source;
    }

    /** Writes all of it; it must fit into an empty pipe. */
    void write(MemorySegment bytes) {
        long written = linux.write(sink, bytes);
        if (written != bytes.byteSize()) {
            throw new CommandFailure("a pipe took no bytes: write returned " + written);
        }
    }

    @Override
    public void close() {
        linux.close(sink);
        linux.close(source);
    }
}
