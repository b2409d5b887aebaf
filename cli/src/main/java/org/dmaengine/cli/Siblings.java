package org.dmaengine.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The names beside a target under which a copy keeps what is not finished. They follow from the
 * target's name alone, so that {@code --resume} finds them.
 */
final class Siblings {
    /** File systems allow 255 bytes for a name; the dot and the endings need some of them. */
    private static final int NAME_BYTES_MAX = 200;

    private Siblings() {}

    /** The data so far. */
    static Path partial(Path target) {
        return sibling(target, ".dmaengine-partial");
    }

    /**
     * The data so far, of a copy that keeps its own apart from those of others.
     *
     * @param tag what no other copy has
     */
    static Path partial(Path target, String tag) {
        return sibling(target, "." + tag + ".dmaengine-partial");
    }

    /** What is known to be safe of it. */
    static Path journal(Path target) {
        return sibling(target, ".dmaengine-journal");
    }

    private static Path sibling(Path target, String ending) {
        Path name = target.getFileName();
        String text = name == null ? "" : name.toString();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > NAME_BYTES_MAX) {
            CRC32C crc = new CRC32C();
            crc.update(bytes);
            text = text.substring(0, NAME_BYTES_MAX / 4) + "~" + Long.toHexString(crc.getValue());
        }
        return target.resolveSibling("." + text + ending);
    }
}
