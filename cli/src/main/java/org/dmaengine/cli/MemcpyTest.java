package org.dmaengine.cli;

import org.dmaengine.DmaException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** dmatest's own test: copies of random length between random places, all bytes looked at. */
final class MemcpyTest implements Trial {
    private final TestBench bench;
    private final MemorySegment source;
    private final MemorySegment target;

    MemcpyTest(TestBench bench) {
        this.bench = bench;
        long bytes = bench.options().bufferBytes();
        long align = Math.max(64, bench.alignBytes());
        this.source = bench.arena().allocate(bytes, align);
        this.target = bench.arena().allocate(bytes, align);
    }

    @Override
    public void round() {
        long bytes = source.byteSize();
        long length = bench.lengthWithin(bytes);
        long from = bench.offsetFor(length, bytes);
        long to = bench.offsetFor(length, bytes);
        boolean verified = bench.options().isVerified();
        if (verified) {
            Pattern.fillSource(source, from, length);
            Pattern.fillTarget(target, to, length);
        }
        Transfer transfer = submit(from, to, length);
        bench.channel().issuePending();
        TransferResult result = bench.await(transfer, from, to, length);
        bench.requireWhole(result, from, to, length);
        if (verified) {
            Optional<String> wrong =
                    Pattern.checkSource(source, from, length)
                            .or(() -> Pattern.checkTarget(target, to, length, from));
            if (wrong.isPresent()) {
                throw new TestFailure("data error: " + wrong.get(), from, to, length, 1);
            }
        }
        bench.tally().test(length);
    }

    private Transfer submit(long from, long to, long length) {
        try {
            return bench.channel()
                    .submit(
                            bench.channel()
                                    .prepMemcpy(
                                            target.asSlice(to, length),
                                            source.asSlice(from, length)));
        } catch (DmaException refused) {
            throw new TestFailure("prep error: " + refused.getMessage(), from, to, length, 0);
        }
    }
}
