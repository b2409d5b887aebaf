package org.dmaengine.bench;

import org.dmaengine.bench.channels.ChannelsSuite;
import org.dmaengine.bench.copy.CopySuite;
import org.dmaengine.bench.descriptor.DescriptorSuite;
import org.dmaengine.bench.echo.EchoSuite;
import org.dmaengine.bench.file.FileSuite;
import org.dmaengine.bench.start.StartSuite;
import org.dmaengine.bench.terminate.TerminateSuite;

import java.util.List;

/** All suites, in the order of the report. */
final class Suites {
    private Suites() {}

    /**
     * @param large whether {@code dmaengine copy} is measured with what is large
     */
    static List<Suite> all(boolean large) {
        return List.of(
                new DescriptorSuite(),
                new CopySuite(),
                new FileSuite(large),
                new EchoSuite(),
                new TerminateSuite(),
                new ChannelsSuite(),
                new StartSuite());
    }
}
