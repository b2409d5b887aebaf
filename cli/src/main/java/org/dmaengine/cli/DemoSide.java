package org.dmaengine.cli;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** One side of the demonstration: what was observed, told line by line and kept as an object. */
final class DemoSide {
    private static final int WIDTH = 100;
    private static final int INDENT = 19;

    private final Consumer<String> lines;
    private final Map<String, Object> json = Json.object();
    private boolean shown = true;
    private String conclusion = "";

    DemoSide(Consumer<String> lines) {
        this.lines = lines;
    }

    /** A line for people; more than one if it is long. */
    void tell(String what, String observed) {
        String line = "  %-16s ".formatted(what);
        for (String word : observed.split(" ", -1)) {
            if (line.length() + 1 + word.length() > WIDTH) {
                lines.accept(line);
                line = " ".repeat(INDENT);
            }
            line += " " + word;
        }
        lines.accept(line);
    }

    /** A field for programs. */
    void put(String field, Object observed) {
        json.put(field, observed);
    }

    /** Both: whether something was closed, or what it said instead. */
    void tellClosing(String what, String field, Optional<String> refusal) {
        tell(what, refusal.map(why -> "is refused: " + why).orElse("returns"));
        put(field, refusal.orElse(""));
    }

    /** Once false, this side has not shown what it is there to show. */
    void expect(boolean observed) {
        shown &= observed;
    }

    /** The last word. */
    void conclude(String observed) {
        conclusion = observed;
        put("shown", shown);
        put("conclusion", observed);
        tell("so", observed);
    }

    boolean isShown() {
        return shown;
    }

    String conclusion() {
        return conclusion;
    }

    Map<String, Object> json() {
        return json;
    }
}
