package org.dmaengine.bench;

import org.dmaengine.bench.channels.ChannelsSuite;
import org.dmaengine.bench.copy.CopySuite;
import org.dmaengine.bench.descriptor.DescriptorSuite;
import org.dmaengine.bench.file.FileSuite;
import org.dmaengine.bench.start.StartSuite;
import org.dmaengine.bench.terminate.TerminateSuite;

import java.util.List;

/** All suites, in the order of the report. */
final class Suites {
    private static final List<Suite> ALL =
            List.of(
                    new DescriptorSuite(),
                    new CopySuite(),
                    new FileSuite(),
                    new TerminateSuite(),
                    new ChannelsSuite(),
                    new StartSuite());

    private Suites() {}

    static List<Suite> all() {
        return ALL;
    }
}
