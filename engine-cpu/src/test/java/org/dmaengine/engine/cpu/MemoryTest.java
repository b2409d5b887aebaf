package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class MemoryTest {
    @Test
    void shouldCopy() {
        try (DmaEngine engine = DmaEngines.open("cpu");
                DmaArena arena = DmaArena.open();
                DmaChannel channel = engine.requestChannel(Capability.MEMCPY)) {
            MemorySegment source = arena.allocate(5_000_001);
            MemorySegment target = arena.allocate(5_000_001);
            source.fill((byte) 7);
            var transfer = channel.submit(channel.prepMemcpy(target, source));
            channel.issuePending();
            TransferResult result = transfer.await();
            assertThat(result.isWhole()).isTrue();
            assertThat(target.mismatch(source)).isEqualTo(-1);
        }
    }
}
