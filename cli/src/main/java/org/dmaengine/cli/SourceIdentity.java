package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * By what a source is known again: its size, its time of change and, where there is one, its number
 * in the file system. Two looks that are equal mean that nobody wrote in between.
 *
 * @param sizeBytes its length
 * @param modified its time of last change, as fine as the file system tells
 * @param fileKey device and inode; empty where there are none
 */
record SourceIdentity(long sizeBytes, FileTime modified, Object fileKey) {
    private static final String INODE = ",ino=";

    /** Looks at a path, through symbolic links. */
    static SourceIdentity of(Path path) throws IOException {
        return of(Files.readAttributes(path, BasicFileAttributes.class));
    }

    static SourceIdentity of(BasicFileAttributes attributes) {
        Object key = attributes.fileKey();
        return new SourceIdentity(
                attributes.size(), attributes.lastModifiedTime(), key == null ? "" : key);
    }

    /** Of what can be looked at only once. */
    static SourceIdentity ofStream() {
        return new SourceIdentity(0, FileTime.fromMillis(0), "");
    }

    /** As {@code equals}, whose code a record has made when it is first used: 6 ms of a copy. */
    boolean isSameAs(SourceIdentity other) {
        return sizeBytes == other.sizeBytes
                && modified.equals(other.modified)
                && fileKey.equals(other.fileKey);
    }

    /**
     * As it stands in a journal. Without the device, whose number may be another when the file
     * system is mounted again.
     */
    Map<String, Object> toJson() {
        Map<String, Object> object = Json.object();
        object.put("size", sizeBytes);
        object.put("modified", modified.toInstant().toString());
        object.put("file", inode(fileKey.toString()));
        return object;
    }

    /** True if the journal's entry is about this very state of the source. */
    boolean matches(Map<?, ?> entry) {
        return text().equals(text(entry));
    }

    /** All that a journal says of it in one text, for whoever keeps those of millions of files. */
    String text() {
        return text(toJson());
    }

    /** The same of a journal's entry; equal if that is about this very state of the source. */
    static String text(Map<?, ?> entry) {
        return entry.get("size")
                + " "
                + entry.get("modified")
                + " "
                + inode(String.valueOf(entry.get("file")));
    }

    /** Of a key as Java writes it, {@code (dev=fe00,ino=42)}; what is none stays as it is. */
    private static String inode(String key) {
        int at = key.indexOf(INODE);
        return at < 0 || !key.endsWith(")")
                ? key
                : key.substring(at + INODE.length(), key.length() - 1);
    }
}
