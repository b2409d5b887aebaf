package org.dmaengine.bench.jmh;

import org.dmaengine.DmaBuffer;
import org.dmaengine.TransferState;
import org.dmaengine.TransferStatus;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/** What single calls of the API cost. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SmallQuestions {

    /** Empties the queue after each invocation, which is not timed. */
    @State(Scope.Thread)
    public static class EmptiedChannel extends OpenChannel {
        /** Lets all copies be done. */
        @TearDown(Level.Invocation)
        public void issue() {
            awaitComplete(last);
        }
    }

    /** Memory that is not from an arena of ours. */
    @State(Scope.Thread)
    public static class ForeignMemory {
        final MemorySegment segment = Arena.ofShared().allocate(4096);
    }

    /** Queues one copy that is not issued. */
    @Benchmark
    @OperationsPerInvocation(OpenChannel.DEPTH)
    public long submit(EmptiedChannel open) {
        for (int i = 0; i < OpenChannel.DEPTH; i++) {
            open.last = open.submit();
        }
        return open.last;
    }

    /** Asks for the state of a transfer that is done. */
    @Benchmark
    public TransferState state(OpenChannel open) {
        return open.channel.state(open.completeCookie);
    }

    /** Asks for the status, with the residue, of a transfer that is done. */
    @Benchmark
    public TransferStatus status(OpenChannel open) {
        return open.channel.status(open.completeCookie);
    }

    /** A copy, until its callback runs on a thread of the engine. */
    @Benchmark
    public long callbackHandOff(OpenChannel open) {
        return open.copyAndAwaitCallback();
    }

    /** Terminates a channel with nothing in its queue. */
    @Benchmark
    public void terminateAsync(OpenChannel open) {
        open.channel.terminateAsync();
    }

    /** Maps 4 KiB and unmaps them. */
    @Benchmark
    public void mapAndUnmap(OpenChannel open, ForeignMemory foreign) {
        try (DmaBuffer mapped = open.engine.map(foreign.segment)) {
            if (mapped.segment().byteSize() != foreign.segment.byteSize()) {
                throw new IllegalStateException("mapped " + mapped.segment());
            }
        }
    }
}
