package org.dmaengine.cli;

import org.dmaengine.DmaEngines;
import org.dmaengine.EngineDescription;
import org.dmaengine.EngineInfo;
import org.dmaengine.OperationKind;
import org.dmaengine.Termination;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Every engine: what it can do here, or why not and what to do about that. */
final class EnginesCommand extends Command {
    private final Output output = with(new Output());

    private final Interruption interruption;

    EnginesCommand(Interruption interruption) {
        super(
                "engines",
                "List the engines: available or why not, what they can do and how they stop.");
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        interruption.endAtOnce();
        if (output.isJson()) {
            Output.resultLine(
                    Json.line(DmaEngines.list().stream().map(EnginesCommand::json).toList()));
        } else {
            list();
        }
        return ExitCode.DONE;
    }

    /** For people. */
    static void list() {
        Output.resultLine(text(DmaEngines.list()));
    }

    static Map<String, Object> json(EngineInfo engine) {
        Map<String, Object> object = Json.object();
        object.put("name", engine.name());
        object.put("available", engine.isAvailable());
        object.put("reason", engine.reason());
        object.put("remedy", engine.remedy());
        object.put(
                "capabilities",
                engine.description()
                        .map(d -> d.capabilities().stream().sorted().map(Enum::name).toList())
                        .orElse(List.of()));
        Map<String, Object> termination = Json.object();
        engine.description()
                .ifPresent(d ->
                        sorted(d)
                                .forEach((kind, what) ->
                                        termination.put(kind.name(), inWords(what))));
        object.put("termination", termination);
        return object;
    }

    static String text(List<EngineInfo> engines) {
        if (engines.isEmpty()) {
            return "no engine was found: the engine modules are missing from the module path";
        }
        List<String> lines = new ArrayList<>();
        for (EngineInfo engine : engines) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            engine.description()
                    .ifPresentOrElse(
                            d -> describe(engine, d, lines),
                            () -> {
                                lines.add(engine.name() + "  unavailable");
                                lines.add("  reason  " + engine.reason());
                                lines.add("  remedy  " + engine.remedy());
                            });
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static void describe(EngineInfo engine, EngineDescription d, List<String> lines) {
        lines.add(engine.name() + "  available: " + d.summary());
        lines.add(
                "  capabilities  "
                        + String.join(
                                ", ",
                                d.capabilities().stream()
                                        .sorted()
                                        .map(c -> c.name().toLowerCase(Locale.ROOT))
                                        .toList()));
        lines.add("  channels      " + d.channelsMax());
        lines.add("  when terminated:");
        sorted(d)
                .forEach((kind, what) ->
                        lines.add(
                                "    %-12s %s"
                                        .formatted(
                                                kind.name().toLowerCase(Locale.ROOT),
                                                inWords(what))));
    }

    private static Map<OperationKind, Termination> sorted(EngineDescription description) {
        return new TreeMap<>(description.termination());
    }

    /** One row of the honesty table (P6). */
    static String inWords(Termination termination) {
        String effect =
                switch (termination.effect()) {
                    case QUEUED_ONLY -> "withdraws what is queued, what runs goes on to its end";
                    case CHUNK_BOUNDARY -> "stops at the next chunk boundary";
                    case AT_ONCE -> "stops at once";
                    case DRAIN_ONLY -> "cannot be stopped, is waited for";
                };
        String proof =
                switch (termination.proof()) {
                    case COMPLETION_ENTRY -> "its completion entry";
                    case EVENT -> "an event behind it";
                    case WORKER_IDLE -> "its worker is idle";
                    case ENDPOINT_CLOSED -> "the endpoint is closed";
                    case NEVER_STARTED -> "it never started";
                };
        return effect + "; proof: " + proof;
    }
}
