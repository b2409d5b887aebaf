package org.dmaengine.cli;

import org.dmaengine.cli.StreamBatch.Ending;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Reads from a stream, or writes to it: a new stream for each round, with somebody at its far end
 * who sends or takes the bytes at his own pace, and in some rounds leaves before all are through.
 */
final class StreamLoad implements Load {
    private static final int UNTIL_ENDING_MAX = 6;

    /** How a stream is opened; the argument: whether the near end reads. */
    interface Opening {
        Connection open(boolean nearReads) throws IOException;
    }

    private final TestBench bench;
    private final Buffers buffers;
    private final List<Opening> openings;

    StreamLoad(TestBench bench, Buffers buffers, List<Opening> openings) {
        this.bench = bench;
        this.buffers = buffers;
        this.openings = openings;
    }

    static List<Opening> pipes() {
        return List.of(Connection::pipe);
    }

    /** TCP, and sockets of the machine where it has them. */
    static List<Opening> sockets() {
        Opening tcp = _ -> Connection.tcp();
        try (Connection probe = Connection.unix()) {
            assert probe.near().isOpen() : "a connection is open";
            return List.of(tcp, _ -> Connection.unix());
        } catch (IOException | UnsupportedOperationException none) {
            return List.of(tcp);
        }
    }

    @Override
    public Batch begin(boolean mayStall) {
        boolean reading = bench.random().nextBoolean();
        try {
            Connection connection =
                    openings.get(bench.random().nextInt(openings.size())).open(reading);
            // Engines go different ways with either.
            connection.near().configureBlocking(bench.random().nextBoolean());
            Ending ending = ending(connection, mayStall);
            int whole = bench.random().nextInt(UNTIL_ENDING_MAX);
            return new StreamBatch(bench, buffers, connection, reading, ending, whole);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private Ending ending(Connection connection, boolean mayStall) throws IOException {
        return switch (bench.random().nextInt(8)) {
            case 0 -> connection.canReset() ? Ending.RESET : Ending.CLOSE;
            case 1 -> Ending.CLOSE;
            case 2, 3, 4 -> mayStall ? Ending.STALL : Ending.NONE;
            default -> Ending.NONE;
        };
    }
}
