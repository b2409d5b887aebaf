package org.dmaengine.engine.cpu;

import org.dmaengine.Operation;
import org.dmaengine.Peripheral;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

/** The lanes of one engine, and which operation belongs into which. */
final class Lanes {
    private static final long IO_IDLE_NANOS = 10_000_000_000L;

    final Crew memory;
    final Crew io;
    final StreamSelector streams;
    final @Nullable CallerLane caller;

    Lanes(CpuOptions options, Scheduler scheduler) {
        memory =
                new Crew(
                        "dma-cpu-worker",
                        options.workers(),
                        options.smallWorkers(),
                        options.spins(),
                        Long.MAX_VALUE,
                        Hand.BATCH,
                        true,
                        scheduler);
        // File and blocking calls may hang: never on the threads that others' copies need.
        io =
                new Crew(
                        "dma-cpu-io",
                        options.ioThreads(),
                        options.ioThreads(),
                        0,
                        IO_IDLE_NANOS,
                        1,
                        false,
                        scheduler);
        streams = new StreamSelector(scheduler);
        caller = options.inline() ? new CallerLane(memory) : null;
    }

    /** The lane for an operation that has been taken in the lane {@code here}. */
    Lane of(Operation operation, Lane here) {
        return switch (operation) {
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.Interrupt _ ->
                    here == caller && operation.lengthBytes() <= CallerLane.LENGTH_MAX_BYTES
                            ? here
                            : memory;
            case Operation.PeripheralSg sg -> of(sg.config().peripheral());
            case Operation.Cyclic cyclic -> of(cyclic.config().peripheral());
            // They wait for the disk, or do not wait at all.
            case Operation.PeripheralCommand _ -> io;
        };
    }

    private Lane of(Peripheral peripheral) {
        return switch (peripheral) {
            case Peripheral.File _,
                    Peripheral.Blocking _,
                    Peripheral.Messages _,
                    Peripheral.Listener _ ->
                    io;
            // To change the mode waits for whoever is inside a blocking call: not in the selector.
            case Peripheral.Stream(var stream) -> stream.isBlocking() ? io : streams;
        };
    }

    void close() {
        memory.close();
        io.close();
        streams.close();
    }
}
