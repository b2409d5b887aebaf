package org.dmaengine.cli;

import picocli.CommandLine.Command;

import java.util.concurrent.Callable;

@Command(name = "test")
final class TestCommand implements Callable<Integer> {
    TestCommand(Interruption interruption) {}

    @Override
    public Integer call() {
        return 0;
    }
}
