package org.dmaengine.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One mistake that people make with this protocol, as an edit of the sources. Its file reads like a
 * diff without line numbers:
 *
 * <pre>
 * C4, P3: the engine is not told to stop
 *
 * --- core/src/main/java/org/dmaengine/VirtualChannel.java
 * @@
 *          if (onEngine &gt; 0 &amp;&amp; lostReason == null) {
 * -            control.wishAbort();
 * </pre>
 *
 * Lines after {@code @@} that begin with a blank or a minus must stand in the source, together and
 * exactly once, wherever that is; those with a blank or a plus take their place.
 *
 * @param name of its file, without the ending
 * @param rules of the contract that it breaks
 * @param what the mistake is
 * @param edits where it is made
 */
record Mutant(String name, String rules, String what, List<Edit> edits) {
    static final String ENDING = ".mutant";

    /**
     * @param file from the root of the project
     * @param before lines that stand there
     * @param after lines that take their place
     */
    record Edit(Path file, String before, String after) {}

    /** A mutant that does not fit the sources any more; the message names file and lines. */
    static final class Misfit extends RuntimeException {
        private static final long serialVersionUID = 1;

        Misfit(String message) {
            super(message);
        }
    }

    /** All in a folder, by number. */
    static List<Mutant> all(Path folder) throws IOException {
        List<Mutant> mutants = new ArrayList<>();
        try (var files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String fileName = file.getFileName().toString();
                if (!fileName.endsWith(ENDING)) {
                    throw new Misfit(file + " does not end with " + ENDING);
                }
                String name = fileName.substring(0, fileName.length() - ENDING.length());
                mutants.add(parse(name, Files.readAllLines(file)));
            }
        }
        // Names of one length before longer ones: 99 before 100.
        mutants.sort(
                Comparator.comparingInt((Mutant each) -> each.number().length())
                        .thenComparing(Mutant::number));
        return mutants;
    }

    /** What its name begins with. */
    String number() {
        return name.substring(0, Math.max(0, name.indexOf('-')));
    }

    static Mutant parse(String name, List<String> lines) {
        String title = lines.isEmpty() ? "" : lines.getFirst();
        int colon = title.indexOf(": ");
        if (!title.matches("[CPRE]\\d+(, [CPRE]\\d+)*: .+")) {
            throw new Misfit(name + " does not begin with rules and what is wrong: " + title);
        }
        return new Mutant(
                name, title.substring(0, colon), title.substring(colon + 2), edits(name, lines));
    }

    private static List<Edit> edits(String name, List<String> lines) {
        List<Edit> edits = new ArrayList<>();
        Path file = Path.of("");
        List<String> hunk = new ArrayList<>();
        List<String> closed = new ArrayList<>(lines.subList(1, lines.size()));
        closed.add("@@");
        for (String line : closed) {
            boolean isFile = line.startsWith("--- ");
            if (isFile || line.equals("@@")) {
                while (!hunk.isEmpty() && hunk.getLast().isEmpty()) {
                    hunk.removeLast();
                }
                if (!hunk.isEmpty()) {
                    edits.add(edit(name, file, hunk));
                    hunk.clear();
                }
                file = isFile ? Path.of(line.substring(4)) : file;
            } else {
                hunk.add(line);
            }
        }
        if (edits.isEmpty()) {
            throw new Misfit(name + " changes nothing");
        }
        return edits;
    }

    private static Edit edit(String name, Path file, List<String> hunk) {
        StringBuilder before = new StringBuilder();
        StringBuilder after = new StringBuilder();
        for (String line : hunk) {
            // Editors cut the blank of a line that has nothing else.
            String marked = line.isEmpty() ? " " : line;
            String rest = marked.substring(1) + "\n";
            switch (marked.charAt(0)) {
                case ' ' -> {
                    before.append(rest);
                    after.append(rest);
                }
                case '-' -> before.append(rest);
                case '+' -> after.append(rest);
                default -> throw new Misfit(name + " has a line that is none of ' -+': " + line);
            }
        }
        return new Edit(file, before.toString(), after.toString());
    }

    /** The module whose sources it changes: the first folder of its files. */
    String module() {
        return edits.getFirst().file.getName(0).toString();
    }

    /**
     * The changed files, under the root of the project; nothing is written.
     *
     * @throws Misfit if the lines it looks for are not there, or there twice
     */
    Map<Path, String> appliedTo(Path root) throws IOException {
        Map<Path, String> changed = new LinkedHashMap<>();
        for (Edit edit : edits) {
            if (!edit.file.startsWith(module())) {
                throw new Misfit(name + " changes more than one module");
            }
            String text = changed.get(edit.file);
            if (text == null) {
                text = Files.readString(root.resolve(edit.file));
            }
            changed.put(edit.file, replaceOnce(text, edit));
        }
        return changed;
    }

    private String replaceOnce(String text, Edit edit) {
        // Whole lines: what stands before a match ends a line.
        String lines = "\n" + text;
        String wanted = "\n" + edit.before;
        int at = lines.indexOf(wanted);
        if (at < 0 || edit.before.equals(edit.after)) {
            throw new Misfit(name + " does not fit " + edit.file + " any more:\n" + edit.before);
        }
        if (lines.indexOf(wanted, at + 1) >= 0) {
            throw new Misfit(name + " fits " + edit.file + " more than once:\n" + edit.before);
        }
        return text.substring(0, at) + edit.after + text.substring(at + edit.before.length());
    }
}
