package org.dmaengine.bench.file;

import java.nio.file.Path;
import java.util.List;

/** Who copies, as a shell does it; $1 is the source and $2 the target. */
enum CopyCommand {
    OURS("dmaengine copy", "\"$0\" copy -r \"$1\" \"$2\""),
    /** As little promised as by cp: the target need not be on disk. */
    OURS_UNSYNCED("dmaengine copy --no-sync", "\"$0\" copy -r --no-sync \"$1\" \"$2\""),
    /** What the engine costs, or gains. */
    BARE("dmaengine copy --no-engine", "\"$0\" copy -r --no-engine \"$1\" \"$2\""),
    BARE_UNSYNCED(
            "dmaengine copy --no-engine --no-sync",
            "\"$0\" copy -r --no-engine --no-sync \"$1\" \"$2\""),
    CP("cp", "cp -r \"$1\" \"$2\""),
    /** What our copy promises: the target is on disk when it has its name. */
    CP_SYNCED(
            "cp and sync",
            "cp -r \"$1\" \"$2\" && if [ -d \"$2\" ]; then sync -f \"$2\"; else sync \"$2\"; fi");

    final String title;
    private final String script;

    CopyCommand(String title, String script) {
        this.title = title;
        this.script = script;
    }

    /**
     * @param launcher of ours, {@code dmaengine}
     */
    List<String> command(Path launcher, Path source, Path target) {
        return List.of(
                "sh", "-c", script, launcher.toString(), source.toString(), target.toString());
    }
}
