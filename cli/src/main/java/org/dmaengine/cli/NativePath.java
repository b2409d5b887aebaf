package org.dmaengine.cli;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A path as calls of the system take it: its bytes, whether they are text or not, and a zero. */
final class NativePath {
    /** What Java decodes names by. */
    private static final Charset NAMES =
            Charset.forName(System.getProperty("sun.jnu.encoding"), StandardCharsets.UTF_8);

    private NativePath() {}

    static MemorySegment of(Path path, Arena arena) {
        byte[] bytes = bytes(path);
        return arena.allocate(bytes.length + 1L).copyFrom(MemorySegment.ofArray(bytes));
    }

    private static byte[] bytes(Path path) {
        String text = path.toString();
        if (text.indexOf(CopyPlan.NO_TEXT) < 0) {
            return text.getBytes(NAMES);
        }
        // Its URI has all of them.
        String raw = path.toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) == '%') {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(raw.charAt(i));
            }
        }
        return bytes.toByteArray();
    }
}
