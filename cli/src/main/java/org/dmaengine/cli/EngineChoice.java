package org.dmaengine.cli;

import org.dmaengine.Capability;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.DmaException;
import org.dmaengine.EngineOptions;

/** Option {@code --engine NAME[:option=value,...]}. */
final class EngineChoice extends Arguments {
    private final Argument<String> choice =
            option(
                    String.class,
                    "NAME[:OPTION=VALUE,...]",
                    "",
                    "The engine to use, with its options; default: the best available.",
                    "--engine");

    /**
     * Opens what was chosen, or else the best for these capabilities.
     *
     * @param base what holds beside the options that were chosen
     * @throws UsageFailure for a name, option or value that is not known
     * @throws CommandFailure if it is unavailable here, with the remedy
     */
    DmaEngine open(EngineOptions base, Capability... wanted) {
        try {
            return choice.value().isEmpty()
                    ? DmaEngines.openBest(base, wanted)
                    : DmaEngines.open(name(choice.value()), options(base, choice.value()));
        } catch (IllegalArgumentException unknown) {
            throw new UsageFailure("--engine: " + unknown.getMessage());
        } catch (DmaException unavailable) {
            throw new CommandFailure(
                    unavailable.getMessage() + "; './dmaengine engines' lists them all",
                    unavailable);
        }
    }

    /** As it was given, to be repeated in a command line; empty if it was not. */
    String asGiven() {
        return choice.value();
    }

    static String name(String choice) {
        int colon = choice.indexOf(':');
        return colon < 0 ? choice : choice.substring(0, colon);
    }

    static EngineOptions options(EngineOptions base, String choice) {
        EngineOptions options = base;
        int colon = choice.indexOf(':');
        if (colon < 0) {
            return options;
        }
        for (String option : choice.substring(colon + 1).split(",", -1)) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "'" + option + "' in '" + choice + "' is not of the form option=value");
            }
            options = options.with(option.substring(0, equals), option.substring(equals + 1));
        }
        return options;
    }
}
