package org.dmaengine.bench;

import org.dmaengine.bench.copy.CopySuite;
import org.dmaengine.bench.descriptor.DescriptorSuite;

import java.util.List;

/** All suites, in the order of the report. */
final class Suites {
    private static final List<Suite> ALL =
            List.of(new DescriptorSuite(), new CopySuite());

    private Suites() {}

    static List<Suite> all() {
        return ALL;
    }
}
