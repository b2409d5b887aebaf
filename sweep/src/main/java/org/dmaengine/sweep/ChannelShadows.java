package org.dmaengine.sweep;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** All channels of a run, by name, closed ones too: the controller may still have their work. */
final class ChannelShadows {
    private final Map<String, ChannelShadow> byName = new HashMap<>();

    void add(ChannelShadow channel) {
        byName.put(channel.name, channel);
    }

    @Nullable ChannelShadow find(String channel) {
        return byName.get(channel);
    }

    /** A ticket is the cookie of its transfer; null for one that nobody submitted. */
    @Nullable TransferShadow find(String channel, long ticket) {
        ChannelShadow shadow = find(channel);
        return shadow == null ? null : shadow.find(ticket);
    }

    Collection<ChannelShadow> all() {
        return byName.values();
    }
}
