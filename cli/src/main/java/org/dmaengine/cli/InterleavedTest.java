package org.dmaengine.cli;

import org.dmaengine.InterleavedTemplate;
import org.dmaengine.InterleavedTemplate.Chunk;
import org.dmaengine.Transfer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Strided copies of random shape, against a copy that is made byte by byte. */
final class InterleavedTest implements Trial {
    private static final int CHUNKS_MAX = 4;
    private static final int FRAMES_MAX = 16;

    private final TestBench bench;
    private final MemorySegment source;
    private final MemorySegment target;

    InterleavedTest(TestBench bench) {
        this.bench = bench;
        long bytes = bench.options().bufferBytes();
        long align = Math.max(64, bench.alignBytes());
        this.source = bench.arena().allocate(bytes, align);
        this.target = bench.arena().allocate(bytes, align);
    }

    /** Why it cannot be done in so small a buffer, if it cannot. */
    static Optional<String> refusal(long bufferBytes, long alignBytes) {
        long least = leastBytes(alignBytes);
        return bufferBytes < least
                ? Optional.of("a chunk and a gap need a --test-buf-size of " + least + " or more")
                : Optional.empty();
    }

    private static long leastBytes(long alignBytes) {
        return 2 * alignBytes;
    }

    @Override
    public void round() {
        // So many chunks fit, each with a gap, if both are as short as they may be.
        long fitting = source.byteSize() / leastBytes(bench.alignBytes());
        int frames = bench.random().nextInt(1, (int) Math.min(FRAMES_MAX, fitting) + 1);
        int chunks = bench.random().nextInt(1, (int) Math.min(CHUNKS_MAX, fitting / frames) + 1);
        // The longest length and gap so that everything fits.
        long most = source.byteSize() / ((long) frames * chunks * 2);
        List<Chunk> row = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            row.add(new Chunk(aligned(1, most), aligned(0, most), aligned(0, most)));
        }
        InterleavedTemplate template = new InterleavedTemplate(source, target, frames, row);
        Pattern.fillSource(source, 0, source.byteSize());
        Pattern.fillTarget(target, 0, target.byteSize());
        byte[] expected = expected(template);
        Transfer transfer = bench.channel().submit(bench.channel().prepInterleaved(template));
        bench.channel().issuePending();
        long length = template.lengthBytes();
        bench.requireWhole(bench.await(transfer, 0, 0, length), 0, 0, length);
        if (bench.options().isVerified()) {
            check(expected, template);
        }
        bench.tally().test(length);
    }

    private void check(byte[] expected, InterleavedTemplate template) {
        long at = MemorySegment.ofArray(expected).mismatch(target);
        Optional<String> wrong =
                at >= 0
                        ? Optional.of(
                                "target[0x%x] of %d frames of %s"
                                        .formatted(at, template.frames(), template.chunks()))
                        : Pattern.checkSource(source, 0, source.byteSize());
        if (wrong.isPresent()) {
            throw new TestFailure("data error: " + wrong.get(), 0, 0, template.lengthBytes(), 1);
        }
    }

    private long aligned(long min, long most) {
        long align = bench.alignBytes();
        return Math.max(min * align, bench.random().nextLong(most + 1) / align * align);
    }

    private byte[] expected(InterleavedTemplate template) {
        byte[] bytes = target.toArray(ValueLayout.JAVA_BYTE);
        long from = 0;
        long to = 0;
        for (int frame = 0; frame < template.frames(); frame++) {
            for (Chunk chunk : template.chunks()) {
                for (long i = 0; i < chunk.lengthBytes(); i++) {
                    bytes[(int) (to + i)] = source.get(ValueLayout.JAVA_BYTE, from + i);
                }
                from += chunk.lengthBytes() + chunk.sourceGapBytes();
                to += chunk.lengthBytes() + chunk.targetGapBytes();
            }
        }
        return bytes;
    }
}
