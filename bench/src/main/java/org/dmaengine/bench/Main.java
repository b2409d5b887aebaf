package org.dmaengine.bench;

import picocli.CommandLine;

/** Entry point of {@code ./dmaengine bench}. */
final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchCommand()).execute(arguments));
    }
}
