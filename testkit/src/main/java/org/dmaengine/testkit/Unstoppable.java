package org.dmaengine.testkit;

import org.dmaengine.AbortEffect;
import org.dmaengine.EngineDescription;
import org.dmaengine.Operation;
import org.dmaengine.OperationKind;
import org.dmaengine.Termination;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.util.EnumMap;
import java.util.Map;

/** Plays hardware whose cancel does nothing: what it has begun it ends by itself, and says so. */
final class Unstoppable extends EngineLayer {
    Unstoppable(EngineProvider below) {
        super(below);
    }

    @Override
    EngineDescription description(EngineDescription honest) {
        Map<OperationKind, Termination> drained = new EnumMap<>(OperationKind.class);
        honest.termination()
                .forEach((kind, row) ->
                        drained.put(kind, new Termination(AbortEffect.DRAIN_ONLY, row.proof())));
        return new EngineDescription(
                honest.name(),
                honest.summary(),
                honest.capabilities(),
                drained,
                honest.residueGranularity(),
                honest.copyAlignBytes(),
                honest.lengthMaxBytes(),
                honest.channelsMax());
    }

    @Override
    ChannelQueue queue(ChannelQueue above) {
        return new Queue(above) {
            @Override
            public @Nullable IssuedTransfer next() {
                IssuedTransfer next = super.next();
                return next == null ? null : new Unstopped(next);
            }
        };
    }

    @Override
    ChannelBackend channel(ChannelBackend engineSide) {
        return new Backend(engineSide) {
            @Override
            public void abort() {
                // Nobody below hears of it.
            }
        };
    }

    /** Nor does anybody below see the hint. */
    private record Unstopped(IssuedTransfer transfer) implements IssuedTransfer {
        @Override
        public boolean stopRequested() {
            return false;
        }

        @Override
        public long ticket() {
            return transfer.ticket();
        }

        @Override
        public Operation operation() {
            return transfer.operation();
        }

        @Override
        public long lengthBytes() {
            return transfer.lengthBytes();
        }

        @Override
        public void progress(long bytes) {
            transfer.progress(bytes);
        }

        @Override
        public boolean mayStartPeriod() {
            return transfer.mayStartPeriod();
        }

        @Override
        public void periodElapsed() {
            transfer.periodElapsed();
        }
    }
}
