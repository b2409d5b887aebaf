package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaChannel;
import org.dmaengine.OperationKind;

import java.util.EnumSet;

/**
 * Opens the channels of a scenario. Each can do all that the engine can; where that is not enough,
 * the scenario is skipped.
 */
final class ScenarioChannels {
    private final ScenarioEngine engine;

    ScenarioChannels(ScenarioEngine engine) {
        this.engine = engine;
    }

    /** One that can do these at least. */
    DmaChannel open(Capability... needed) {
        engine.assumeCan(needed);
        return engine.opened().requestChannel(request());
    }

    /** One for copies, which can do these at least. */
    DmaChannel forCopies(Capability... needed) {
        engine.assumeCopies();
        return open(needed);
    }

    /** One for copies, with so many places. */
    DmaChannel forCopies(int depthMax) {
        engine.assumeCopies();
        return engine.opened().requestChannel(request().withDepth(depthMax));
    }

    /** One for copies, whose callbacks wait until the scenario runs them. */
    DmaChannel forCopies(HeldExecutor dispatcher) {
        engine.assumeCopies();
        return engine.opened().requestChannel(request().withCallbackExecutor(dispatcher));
    }

    /** One for reads from a feed. */
    DmaChannel forStreams(int depthMax) {
        engine.assumeCan(Capability.PERIPHERAL);
        assumeStreams();
        return engine.opened().requestChannel(request().withDepth(depthMax));
    }

    /** One for cyclic reads from a feed. */
    DmaChannel forCyclic() {
        assumeCyclicStreams();
        return open();
    }

    /** One for cyclic reads from a feed, whose callbacks wait until the scenario runs them. */
    DmaChannel forCyclic(HeldExecutor dispatcher) {
        assumeCyclicStreams();
        return engine.opened().requestChannel(request().withCallbackExecutor(dispatcher));
    }

    private void assumeCyclicStreams() {
        engine.assumeCan(Capability.CYCLIC, Capability.PERIPHERAL);
        assumeStreams();
    }

    private void assumeStreams() {
        assumeTrue(engine.row(OperationKind.STREAM) != null, "the engine reads no streams");
    }

    /** What all of them request, to be made more specific. */
    ChannelRequest request() {
        EnumSet<Capability> all = EnumSet.copyOf(engine.description().capabilities());
        all.remove(Capability.COMPLETION_NO_ORDER);
        return ChannelRequest.of(all.toArray(Capability[]::new));
    }
}
