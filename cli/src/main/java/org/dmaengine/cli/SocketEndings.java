package org.dmaengine.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the reads ended, and whether their memory could be freed afterwards. */
final class SocketEndings {
    private final DemoSide side;
    private final List<Map<String, Object>> json = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private int unclosable;

    SocketEndings(DemoSide side) {
        this.side = side;
        side.put("endings", json);
    }

    void tell(SocketEnding ending, String result, Optional<String> refusal) {
        side.tell(
                ending.words(),
                result
                        + "; arena.close() "
                        + refusal.map(why -> "is refused: " + why).orElse("returns"));
        Map<String, Object> object = Json.object();
        object.put("ending", ending.name());
        object.put("result", result);
        object.put("refusal", refusal.orElse(""));
        json.add(object);
        unclosable += refusal.isPresent() ? 1 : 0;
    }

    /** A read did not end as it should. */
    void tellWrong(SocketEnding ending) {
        wrong.add(ending.words());
        side.expect(false);
    }

    int unclosable() {
        return unclosable;
    }

    void conclude() {
        side.put("arenas", json.size());
        side.put("unclosable", unclosable);
        side.put("lostBytes", unclosable * DemoBytes.BLOCK_BYTES);
        side.conclude(
                unclosable
                        + " of "
                        + json.size()
                        + " arenas can no longer be closed"
                        + (wrong.isEmpty() ? "" : "; not the result it should be: " + wrong));
    }
}
