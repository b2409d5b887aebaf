package org.dmaengine.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of the documentation of which one part is written by a command. */
final class Page {
    private Page() {}

    /**
     * Replaces what stands between {@code <!-- PART: ... -->} and {@code <!-- end -->}.
     *
     * @throws IOException if the page has no such part
     */
    static void write(Path page, String part, String text) throws IOException {
        String old = Files.readString(page);
        int mark = old.indexOf("<!-- " + part + ":");
        int begin = old.indexOf("-->\n", mark) + 4;
        int end = old.indexOf("<!-- end -->", begin);
        if (mark < 0 || end < 0) {
            throw new IOException(page + " has no part " + part);
        }
        Files.writeString(page, old.substring(0, begin) + "\n" + text + "\n" + old.substring(end));
    }
}
