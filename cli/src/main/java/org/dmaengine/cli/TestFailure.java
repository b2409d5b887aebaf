package org.dmaengine.cli;

/** One failed test, told the way dmatest tells it. */
final class TestFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String text;
    private final long sourceOffset;
    private final long targetOffset;
    private final long lengthBytes;
    private final long code;

    TestFailure(String text, long sourceOffset, long targetOffset, long lengthBytes, long code) {
        super(text);
        this.text = text;
        this.sourceOffset = sourceOffset;
        this.targetOffset = targetOffset;
        this.lengthBytes = lengthBytes;
        this.code = code;
    }

    /** A failure that is about no single copy. */
    TestFailure(String text) {
        this(text, 0, 0, 0, 1);
    }

    String resultLine(long number) {
        return resultLine(number, text, sourceOffset, targetOffset, lengthBytes, code);
    }

    static String resultLine(
            long number, String text, long source, long target, long lengthBytes, long code) {
        return "result #%d: '%s' with src_off=0x%x dst_off=0x%x len=0x%x (%d)"
                .formatted(number, text, source, target, lengthBytes, code);
    }
}
