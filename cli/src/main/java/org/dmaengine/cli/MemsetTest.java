package org.dmaengine.cli;

import org.dmaengine.Transfer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Fills a random place with a random byte, and looks at that place and both sides of it. */
final class MemsetTest implements Trial {
    private final TestBench bench;
    private final MemorySegment target;

    MemsetTest(TestBench bench) {
        this.bench = bench;
        this.target =
                bench.arena()
                        .allocate(bench.options().bufferBytes(), Math.max(64, bench.alignBytes()));
    }

    @Override
    public void round() {
        long length = bench.lengthWithin(target.byteSize());
        long offset = bench.offsetFor(length, target.byteSize());
        byte value = (byte) bench.random().nextInt();
        if (bench.options().isVerified()) {
            Pattern.fillTarget(target, offset, length);
        }
        Transfer transfer =
                bench.channel()
                        .submit(bench.channel().prepMemset(target.asSlice(offset, length), value));
        bench.channel().issuePending();
        bench.requireWhole(bench.await(transfer, 0, offset, length), 0, offset, length);
        if (bench.options().isVerified()) {
            Optional<String> wrong =
                    Pattern.checkAround(target, offset, length)
                            .or(() -> checkFilled(offset, length, value));
            if (wrong.isPresent()) {
                throw new TestFailure("data error: " + wrong.get(), 0, offset, length, 1);
            }
        }
        bench.tally().test(length);
    }

    private Optional<String> checkFilled(long offset, long length, byte value) {
        for (long i = offset; i < offset + length; i++) {
            byte actual = target.get(ValueLayout.JAVA_BYTE, i);
            if (actual != value) {
                return Optional.of(
                        "target[0x%x] was not filled: expected %02x, got %02x"
                                .formatted(i, value, actual));
            }
        }
        return Optional.empty();
    }
}
