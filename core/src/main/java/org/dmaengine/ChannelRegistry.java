package org.dmaengine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All channels of the process that may still use memory: open ones, and dead ones that hold some.
 * Lets an arena ask who uses it, so that transfers need not be counted per arena.
 */
final class ChannelRegistry {
    // Oldest first, so that channels are always asked in the same order.
    private static final Set<VirtualChannel> CHANNELS =
            new ConcurrentSkipListSet<>(Comparator.comparingLong(VirtualChannel::serial));
    private static final AtomicLong SERIALS = new AtomicLong();

    private ChannelRegistry() {}

    static long nextSerial() {
        return SERIALS.incrementAndGet();
    }

    static void add(VirtualChannel channel) {
        CHANNELS.add(channel);
    }

    static void remove(VirtualChannel channel) {
        CHANNELS.remove(channel);
    }

    static List<OwnedTransfer> usersOf(MemoryOwner owner) {
        List<OwnedTransfer> users = new ArrayList<>();
        for (VirtualChannel channel : CHANNELS) {
            channel.inFlight.collectUsersOf(owner, users);
        }
        return users;
    }

    /**
     * Waits until nobody uses it; gives those who still do at the deadline, or on a lost engine.
     *
     * @param timeout how long in all, on the clock of each channel; empty for no end
     */
    static List<OwnedTransfer> awaitUnused(MemoryOwner owner, Optional<Duration> timeout) {
        Map<VirtualChannel, Long> deadlines = new LinkedHashMap<>();
        for (VirtualChannel channel : CHANNELS) {
            deadlines.put(channel, timeout.map(channel::deadlineAfter).orElse(Deadline.NONE));
        }
        deadlines.forEach((channel, deadline) -> channel.inFlight.awaitUnused(owner, deadline));
        return usersOf(owner);
    }

    static void terminateUsersOf(MemoryOwner owner) {
        for (VirtualChannel channel : CHANNELS) {
            List<OwnedTransfer> users = new ArrayList<>();
            channel.inFlight.collectUsersOf(owner, users);
            if (!users.isEmpty()) {
                channel.terminateAsync();
            }
        }
    }
}
