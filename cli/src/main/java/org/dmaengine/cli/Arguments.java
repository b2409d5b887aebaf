package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.util.ArrayList;
import java.util.List;

/**
 * What a command takes, as fields of a subclass, in the order of the help. It is described by code
 * and not by the parser's annotations: for those the VM makes proxy classes in each process, which
 * took as long as the whole copy of a small file.
 */
abstract class Arguments {
    private final List<ArgSpec> specs = new ArrayList<>();

    /** False if it is not given. */
    final Argument<Boolean> flag(String description, String... names) {
        return add(
                OptionSpec.builder(names)
                        .type(boolean.class)
                        .initialValue(false)
                        .description(description)
                        .build());
    }

    /** An option with a value. */
    final <T extends @Nullable Object> Argument<T> option(
            Class<?> type, String label, T initial, String description, String... names) {
        return add(valued(type, label, initial, description, names).build());
    }

    /** An option for a number of bytes. */
    final <T extends @Nullable Size> Argument<T> size(
            T initial, String description, String... names) {
        return add(
                valued(Size.class, "SIZE", initial, description, names)
                        .converters(new Size.Converter())
                        .build());
    }

    /** An option that may be given several times, and then with several values, between commas. */
    final <E extends Enum<E>> Argument<List<E>> list(
            Class<E> type, String label, String description, String... names) {
        return add(
                valued(List.class, label, List.of(), description, names)
                        .auxiliaryTypes(type)
                        .splitRegex(",")
                        .build());
    }

    private static OptionSpec.Builder valued(
            Class<?> type,
            String label,
            @Nullable Object initial,
            String description,
            String... names) {
        return OptionSpec.builder(names)
                .type(type)
                .paramLabel(label)
                .initialValue(initial)
                .description(description);
    }

    /** The next of what has no name, and must be given. */
    final <T> Argument<T> parameter(Class<T> type, String label, String description) {
        return add(
                PositionalParamSpec.builder()
                        .index(String.valueOf(parameters()))
                        .type(type)
                        .paramLabel(label)
                        .required(true)
                        .description(description)
                        .build());
    }

    /** Takes these too. */
    final <A extends Arguments> A with(A others) {
        specs.addAll(((Arguments) others).specs);
        return others;
    }

    /** Tells the parser of all. */
    final void addTo(CommandSpec command) {
        specs.forEach(command::add);
    }

    private long parameters() {
        return specs.stream().filter(ArgSpec::isPositional).count();
    }

    private <T extends @Nullable Object> Argument<T> add(ArgSpec spec) {
        specs.add(spec);
        // The parser sets it when it parses; a command may also be called without one.
        spec.setValue(spec.initialValue());
        return new Argument<>(spec);
    }
}
