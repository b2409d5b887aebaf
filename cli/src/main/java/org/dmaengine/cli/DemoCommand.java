package org.dmaengine.cli;

import picocli.CommandLine.Command;

/** The demonstrations; so far one. */
@Command(
        name = "demo",
        description = "Show on this machine what goes wrong without the account that is kept here.")
final class DemoCommand {}
