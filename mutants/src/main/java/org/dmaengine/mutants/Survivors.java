package org.dmaengine.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The survivors that are no gap, explained by hand: blocks of lines in a file, with a blank line
 * between two of them.
 *
 * <pre>
 * ## VirtualChannel.state: changed conditional boundary
 *     if (cookie &gt; 0 &amp;&amp; cookie &lt; ring.headAcquire()) {
 * Why no test can tell.
 * </pre>
 *
 * The first two lines are the key of a {@link PitMutation}. Where more than one of that key
 * survives, their number stands in front: {@code ## 2 x VirtualChannel...}.
 */
final class Survivors {
    private static final String MARK = "## ";

    // By key, with the number in front where it is not one.
    private final Map<String, String> explanations = new LinkedHashMap<>();

    static Survivors read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    static Survivors parse(String text) {
        Survivors survivors = new Survivors();
        for (String block : text.split("\n\n+", -1)) {
            String[] lines = block.strip().split("\n", 3);
            if (!lines[0].startsWith(MARK)) {
                continue;
            }
            if (lines.length < 3 || !lines[1].startsWith("    ")) {
                throw new IllegalArgumentException(
                        "a survivor has a title, the line of code, and a reason: " + block);
            }
            String key = lines[0].substring(MARK.length()) + "\n" + lines[1];
            if (survivors.explanations.put(key, lines[2]) != null) {
                throw new IllegalArgumentException("explained twice: " + key);
            }
        }
        return survivors;
    }

    int count() {
        return explanations.size();
    }

    /** What does not fit: survivors without an explanation, and explanations without a survivor. */
    List<String> misfits(List<PitMutation> survivors) {
        Map<String, Integer> counts = new TreeMap<>();
        survivors.forEach(each -> counts.merge(each.key(), 1, Integer::sum));
        List<String> keys =
                counts.entrySet().stream()
                        .map(each ->
                                each.getValue() == 1
                                        ? each.getKey()
                                        : each.getValue() + " x " + each.getKey())
                        .toList();
        List<String> misfits = new ArrayList<>();
        for (String key : keys) {
            if (!explanations.containsKey(key)) {
                misfits.add("survived, and is not explained:\n" + MARK + key);
            }
        }
        for (String key : explanations.keySet()) {
            if (!keys.contains(key)) {
                misfits.add("is explained, and did not survive:\n" + MARK + key);
            }
        }
        return misfits;
    }
}
