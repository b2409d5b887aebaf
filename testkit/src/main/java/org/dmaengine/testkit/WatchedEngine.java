package org.dmaengine.testkit;

import org.dmaengine.EngineDescription;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** An engine as it is, seen by someone who notes where its channels and transfers come from. */
final class WatchedEngine implements EngineProvider {
    private final EngineProvider watched;
    private final List<Places> places = new CopyOnWriteArrayList<>();

    WatchedEngine(EngineProvider watched) {
        this.watched = watched;
    }

    /** What is known of a channel, the one that was opened last under this name. */
    Optional<Places> placesOf(String channel) {
        return places.reversed().stream()
                .filter(each -> each.channel().equals(channel))
                .findFirst();
    }

    @Override
    public String name() {
        return watched.name();
    }

    @Override
    public Probe probe() {
        return watched.probe();
    }

    @Override
    public boolean onlyByName() {
        return watched.onlyByName();
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        EngineBackend backend = watched.open(settings);
        return new EngineBackend() {
            @Override
            public EngineDescription description() {
                return backend.description();
            }

            @Override
            public ChannelBackend openChannel(int index, ChannelQueue queue) {
                Places noted = new Places(queue.name());
                places.add(noted);
                return WatchedChannel.open(backend, index, queue, noted);
            }

            @Override
            public Runnable map(MemorySegment memory) {
                return backend.map(memory);
            }

            @Override
            public void close() {
                backend.close();
            }
        };
    }
}
