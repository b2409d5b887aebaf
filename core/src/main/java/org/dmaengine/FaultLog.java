package org.dmaengine;

import java.util.function.Consumer;

/** The default listener: one line for each fault, to the platform's logger. */
final class FaultLog implements Consumer<Fault> {
    static final FaultLog INSTANCE = new FaultLog();

    private FaultLog() {}

    @Override
    public void accept(Fault fault) {
        String line = fault.kind() + " on channel '" + fault.channel() + "': " + fault.message();
        System.getLogger("org.dmaengine")
                .log(System.Logger.Level.ERROR, line, fault.cause().orElse(null));
    }
}
