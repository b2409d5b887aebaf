package org.dmaengine.cli;

import org.dmaengine.DmaException;
import org.jspecify.annotations.Nullable;

import java.util.Map;

/** Memory that is freed while the kernel writes into it: with stock Java, and with this library. */
final class UseAfterFreeCommand extends Command {
    private final Argument<@Nullable DemoVariant> with =
            option(
                    DemoVariant.class,
                    "WHAT",
                    null,
                    "One of ${COMPLETION-CANDIDATES}; default: io_uring, or socket where there is"
                            + " none.",
                    "--with");

    private final Output output = with(new Output());

    private final Interruption interruption;

    UseAfterFreeCommand(Interruption interruption) {
        super(
                "use-after-free",
                "Free memory while a read into it is in flight: as stock Java does, then with this"
                        + " library.",
                "Ends with 0 if both sides showed what docs/cli.md says, with 1 if not.");
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        interruption.endAtOnce();
        String reason = "";
        if (with.value() != DemoVariant.socket) {
            try (LateRead read = LateRead.open()) {
                return show(read, "");
            } catch (RingUnavailable unavailable) {
                reason = unavailable.reason();
            }
            if (with.value() == DemoVariant.io_uring) {
                throw new CommandFailure("io_uring cannot be used here: " + reason);
            }
            tell("io_uring cannot be used here: " + reason);
            tell("");
        }
        try (LostArenas arenas = LostArenas.open()) {
            return show(arenas, reason);
        }
    }

    int show(Demonstration demonstration, String reason) {
        DemoSide stock = new DemoSide(this::tell);
        DemoSide library = new DemoSide(this::tell);
        tell("stock Java " + System.getProperty("java.version") + ": " + demonstration.stock());
        demonstration.showStock(stock);
        tell("");
        tell("this library: " + demonstration.library());
        try {
            demonstration.showLibrary(library);
        } catch (DmaException failed) {
            throw new CommandFailure("engine 'cpu' failed: " + failed.getMessage(), failed);
        }
        return conclude(demonstration.variant(), reason, stock, library);
    }

    private int conclude(DemoVariant variant, String reason, DemoSide stock, DemoSide library) {
        boolean shown = stock.isShown() && library.isShown();
        String verdict =
                "%s. Stock Java: %s. This library: %s."
                        .formatted(
                                shown ? "shown" : "NOT shown",
                                stock.conclusion(),
                                library.conclusion());
        tell("");
        tell("verdict: " + verdict);
        if (output.isJson()) {
            Map<String, Object> object = Json.object();
            object.put("demo", "use-after-free");
            object.put("with", variant.name());
            object.put("reason", reason);
            object.put("shown", shown);
            object.put("stock", stock.json());
            object.put("library", library.json());
            Output.resultLine(Json.line(object));
        }
        if (!shown) {
            Output.failure(verdict);
        }
        return shown ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** Line by line, as it happens; with --json standard output is the object's alone. */
    private void tell(String line) {
        if (!output.isJson()) {
            Output.resultLine(line);
        }
    }
}
