package org.dmaengine.bench.echo;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Suite;
import org.dmaengine.bench.Target;

import java.util.ArrayList;
import java.util.List;

/** Messages that come back, one in flight on each connection. */
public final class EchoSuite implements Suite {
    private static final int[] MESSAGE_BYTES = {64, 4 << 10, 64 << 10};
    private static final int[] CONNECTIONS = {1, 64};

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public String summary() {
        return "TCP echo on the loopback interface, server and load on a core each";
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int connections : CONNECTIONS) {
            for (int bytes : MESSAGE_BYTES) {
                cases.add(echo(bytes, connections));
            }
        }
        return cases;
    }

    private Case echo(int bytes, int connections) {
        String size = bytes < 1024 ? bytes + " bytes" : (bytes >> 10) + " KiB";
        return Case.of(
                        name(),
                        size + ", connections: " + connections,
                        "thousand round trips/s",
                        Better.LARGER,
                        EchoContestant.of(EchoKind.ONE_CHANNEL, bytes, connections))
                .beside(
                        EchoContestant.of(EchoKind.TWO_CHANNELS, bytes, connections),
                        EchoContestant.of(EchoKind.NETTY, bytes, connections),
                        EchoContestant.of(EchoKind.THREADS, bytes, connections))
                .aimingAt(new Target.Ratio(EchoKind.NETTY.title, 1))
                // Packets of the loopback interface are moved by whichever thread of the kernel.
                .withKernelWork();
    }
}
