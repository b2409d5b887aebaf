package org.dmaengine.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The names beside a target under which a copy keeps what is not finished. They follow from the
 * target's name alone, so that {@code --resume} finds them, and no two names have the same.
 */
final class Siblings {
    private static final String PARTIAL = ".dmaengine-partial";
    private static final String JOURNAL = ".dmaengine-journal";

    /** File systems allow 255 bytes for a name; the dot and the endings need some of them. */
    private static final int NAME_BYTES_MAX = 200;

    private static final int CUT_CHARS = NAME_BYTES_MAX / 4;

    /** Half of a SHA-256. */
    private static final int HASH_BYTES = 16;

    private Siblings() {}

    /** The data so far. */
    static Path partial(Path target) {
        return sibling(target, PARTIAL);
    }

    /**
     * The data so far, of a copy that keeps its own apart from those of others.
     *
     * @param tag what no other copy has
     */
    static Path partial(Path target, String tag) {
        return sibling(target, "." + tag + PARTIAL);
    }

    /** What is known to be safe of it. */
    static Path journal(Path target) {
        return sibling(target, JOURNAL);
    }

    /**
     * @throws CommandFailure if it would get a name that is, or may come to be, that of what is not
     *     finished of another file
     */
    static void requireNoneOfThem(Path source, Path target) {
        Path name = target.getFileName();
        String text = name == null ? "" : name.toString();
        if (text.startsWith(".") && (endsWith(text, PARTIAL) || endsWith(text, JOURNAL))) {
            throw new CommandFailure(
                    source
                            + ": "
                            + text
                            + " is a name for what an interrupted copy leaves, and not copied to;"
                            + " rename it, remove it, or name another target");
        }
    }

    /** Whatever the case: some file systems make no difference. */
    private static boolean endsWith(String text, String ending) {
        int at = text.length() - ending.length();
        return text.regionMatches(true, at, ending, 0, ending.length());
    }

    /**
     * @throws CommandFailure if the source is what would be dropped, or gone on with, when the
     *     target is copied to
     */
    static void requireNotSource(Path source, Path target) {
        requireNotSource(source, target, partial(target));
        requireNotSource(source, target, journal(target));
    }

    private static void requireNotSource(Path source, Path target, Path sibling) {
        try {
            Optional<Object> there = key(sibling, LinkOption.NOFOLLOW_LINKS);
            if (there.isPresent()
                    && (there.equals(key(source, LinkOption.NOFOLLOW_LINKS))
                            || there.equals(key(source)))) {
                throw new CommandFailure(
                        source
                                + " is "
                                + sibling
                                + ", which a copy to "
                                + target
                                + " takes as left by an earlier one, and drops; rename it first");
            }
        } catch (IOException problem) {
            throw FileProblem.of("comparing " + source + " and " + sibling, problem);
        }
    }

    /** Which file there is at a path; empty if there is none. */
    static Optional<Object> key(Path path, LinkOption... options) throws IOException {
        try {
            Object key = Files.readAttributes(path, BasicFileAttributes.class, options).fileKey();
            return Optional.of(key == null ? path.toRealPath(options) : key);
        } catch (FileSystemException none) {
            // Or it cannot be looked at, which is told when it is opened.
            return Optional.empty();
        }
    }

    private static Path sibling(Path target, String ending) {
        Path name = target.getFileName();
        return target.resolveSibling("." + (name == null ? "" : stem(name)) + ending);
    }

    /** The name itself, if it can stand in another; else what can be read of it, and its hash. */
    private static String stem(Path name) {
        String text = name.toString();
        boolean asItIs = isText(name, text);
        boolean fits = text.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX;
        if (asItIs && fits && !looksHashed(text)) {
            return text;
        }
        String readable = asItIs ? text : text.replaceAll("[^ -~]", "_");
        return cut(readable) + "~" + hash(name);
    }

    /** Whether it could be what another name is cut to. */
    private static boolean looksHashed(String text) {
        int at = text.length() - 2 * HASH_BYTES - 1;
        return at >= 0 && text.charAt(at) == '~';
    }

    /** Whether the text stands for the name: it does not where bytes mean nothing in the locale. */
    private static boolean isText(Path name, String text) {
        try {
            return name.getFileSystem().getPath(text).equals(name);
        } catch (InvalidPathException notToBeWritten) {
            return false;
        }
    }

    private static String cut(String text) {
        if (text.length() <= CUT_CHARS) {
            return text;
        }
        boolean inPair = Character.isHighSurrogate(text.charAt(CUT_CHARS - 1));
        return text.substring(0, inPair ? CUT_CHARS - 1 : CUT_CHARS);
    }

    /** Over all bytes of the name, as its URI has them. */
    private static String hash(Path name) {
        // Below the root, so that it does not depend on where the command was started.
        String bytes = Path.of("/").resolve(name).toUri().getRawPath();
        if (bytes.endsWith("/")) {
            // A folder has that name there.
            bytes = bytes.substring(0, bytes.length() - 1);
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] all = digest.digest(bytes.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(all, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JDK has SHA-256", impossible);
        }
    }
}
