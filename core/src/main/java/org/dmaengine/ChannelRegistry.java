package org.dmaengine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All channels of the process that may still use memory: open ones, and dead ones that hold some.
 * Lets an arena ask who uses it, so that transfers need not be counted per arena.
 */
final class ChannelRegistry {
    private static final Set<VirtualChannel> CHANNELS = ConcurrentHashMap.newKeySet();

    private ChannelRegistry() {}

    static void add(VirtualChannel channel) {
        CHANNELS.add(channel);
    }

    static void remove(VirtualChannel channel) {
        CHANNELS.remove(channel);
    }

    static List<OwnedTransfer> usersOf(MemoryOwner owner) {
        List<OwnedTransfer> users = new ArrayList<>();
        for (VirtualChannel channel : CHANNELS) {
            channel.collectUsersOf(owner, users);
        }
        return users;
    }

    /**
     * Waits until nobody uses it; gives those who still do at the deadline, or on a lost engine.
     */
    static List<OwnedTransfer> awaitUnused(MemoryOwner owner, long deadlineNanos) {
        for (VirtualChannel channel : CHANNELS) {
            channel.awaitUnused(owner, deadlineNanos);
        }
        return usersOf(owner);
    }

    static void terminateUsersOf(MemoryOwner owner) {
        for (VirtualChannel channel : CHANNELS) {
            List<OwnedTransfer> users = new ArrayList<>();
            channel.collectUsersOf(owner, users);
            if (!users.isEmpty()) {
                channel.terminateAsync();
            }
        }
    }
}
