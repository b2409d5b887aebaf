package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

/**
 * By what a source is known again: its size, its time of change and, where there is one, its number
 * in the file system. Two looks that are equal mean that nobody wrote in between.
 *
 * @param sizeBytes its length
 * @param modified its time of last change, as fine as the file system tells
 * @param fileKey device and inode; empty where there are none
 */
record SourceIdentity(long sizeBytes, String modified, String fileKey) {
    /** Looks at a path, through symbolic links. */
    static SourceIdentity of(Path path) throws IOException {
        return of(Files.readAttributes(path, BasicFileAttributes.class));
    }

    static SourceIdentity of(BasicFileAttributes attributes) {
        Object key = attributes.fileKey();
        return new SourceIdentity(
                attributes.size(),
                attributes.lastModifiedTime().toInstant().toString(),
                key == null ? "" : key.toString());
    }

    /** As it stands in a journal. */
    Map<String, Object> toJson() {
        Map<String, Object> object = Json.object();
        object.put("size", sizeBytes);
        object.put("modified", modified);
        object.put("file", fileKey);
        return object;
    }

    /** True if the journal's entry is about this very state of the source. */
    boolean matches(Map<?, ?> entry) {
        return entry.get("size") instanceof Number size
                && size.longValue() == sizeBytes
                && modified.equals(entry.get("modified"))
                && fileKey.equals(entry.get("file"));
    }
}
