package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.ArgSpec;

/**
 * An option or parameter, and the value that the command line gave it.
 *
 * @param spec what the parser knows of it, and fills
 * @param <T> of the value
 */
record Argument<T extends @Nullable Object>(ArgSpec spec) {
    /** As it was given, or else what it was described with. */
    T value() {
        return spec.<T>getValue();
    }
}
