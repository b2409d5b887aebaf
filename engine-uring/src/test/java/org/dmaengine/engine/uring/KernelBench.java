package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.dmaengine.Capability;
import org.dmaengine.Command;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Quarantine;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.testkit.LateWriteDetector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An engine on the machine's own kernel, with one channel, for one test. */
final class KernelBench implements AutoCloseable {
    static final Duration DEADLINE = Duration.ofSeconds(10);
    static final InetSocketAddress LOOPBACK =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final LateWriteDetector freed = new LateWriteDetector();
    final DmaEngine engine;
    final DmaArena arena = DmaArena.open();
    final DmaChannel channel;

    KernelBench() {
        this(EngineOptions.defaults());
    }

    /** Skips the test where there is no io_uring. */
    KernelBench(EngineOptions options) {
        Availability.assume();
        engine = DmaEngines.open(new UringEngineProvider(), options.withFaults(faults::add));
        channel =
                engine.requestChannel(
                        Capability.PERIPHERAL, Capability.COMMAND, Capability.INTERRUPT);
    }

    Transfer read(Peripheral from, MemorySegment... to) {
        return begin(PeripheralConfig.read(from), to);
    }

    Transfer write(Peripheral to, MemorySegment... from) {
        return begin(PeripheralConfig.write(to), from);
    }

    Transfer begin(PeripheralConfig config, MemorySegment... memory) {
        Transfer transfer = channel.submit(channel.prepPeripheralSg(config, List.of(memory)));
        channel.issuePending();
        return transfer;
    }

    Transfer begin(Channel on, Command command) {
        Transfer transfer = channel.submit(channel.prepCommand(Peripheral.of(on), command));
        channel.issuePending();
        return transfer;
    }

    TransferResult result(Transfer transfer) {
        assertThat(transfer.await(DEADLINE).isQuiesced())
                .as("%s has an outcome", transfer)
                .isTrue();
        return transfer.await();
    }

    /** Lets the worker hand over all that it was given. */
    void settle() {
        try (DmaChannel other = engine.requestChannel(Capability.INTERRUPT)) {
            Transfer last = other.submit(other.prepInterrupt());
            other.issuePending();
            result(last);
        }
    }

    /** From now on nobody writes there; its close looks. */
    void freed(MemorySegment memory) {
        freed.freed("a transfer", memory);
    }

    MemorySegment memory(String text) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, text.getBytes(US_ASCII));
    }

    static String text(MemorySegment memory) {
        return new String(memory.toArray(ValueLayout.JAVA_BYTE), US_ASCII);
    }

    @Override
    public void close() {
        freed.check();
        engine.close();
        freed.check();
        arena.close();
        assertThat(faults).isEmpty();
        // What lost engines on the fake kernel have left there stays.
        assertThat(Quarantine.entries())
                .noneMatch(each -> each.engine().equals(UringEngineProvider.NAME));
    }
}
