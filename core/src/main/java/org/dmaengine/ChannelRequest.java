package org.dmaengine;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * What a client asks of a channel.
 *
 * @param capabilities all of these are needed, and no others will be allowed
 * @param filter chooses among the free channels (kernel: {@code dma_filter_fn})
 * @param name the channel's name; empty for one made from engine and number
 * @param depthMax how many transfers may be queued or unsettled at once, at least
 * @param callbackExecutor where callbacks run, one at a time; empty for the engine's own threads.
 *     One that runs them at once runs them on the thread that ends the transfer, and holds it up.
 */
public record ChannelRequest(
        Set<Capability> capabilities,
        Predicate<ChannelInfo> filter,
        Optional<String> name,
        int depthMax,
        Optional<Executor> callbackExecutor) {

    private static final int DEPTH_DEFAULT = 1024;
    private static final int DEPTH_LIMIT = 1 << 20;

    /** Copies the set; refuses a depth that is out of range. */
    public ChannelRequest {
        capabilities = Set.copyOf(capabilities);
        if (depthMax < 1 || depthMax > DEPTH_LIMIT) {
            throw new IllegalArgumentException(
                    "depthMax " + depthMax + " must be from 1 to " + DEPTH_LIMIT);
        }
    }

    /** Any free channel that can do all of these. */
    public static ChannelRequest of(Capability... wanted) {
        return new ChannelRequest(
                Set.of(wanted), info -> true, Optional.empty(), DEPTH_DEFAULT, Optional.empty());
    }

    /** Only channels that the filter accepts. */
    public ChannelRequest withFilter(Predicate<ChannelInfo> newFilter) {
        return new ChannelRequest(capabilities, newFilter, name, depthMax, callbackExecutor);
    }

    /** Under this name. */
    public ChannelRequest withName(String newName) {
        return new ChannelRequest(
                capabilities, filter, Optional.of(newName), depthMax, callbackExecutor);
    }

    /** With room for this many transfers. */
    public ChannelRequest withDepth(int newDepthMax) {
        return new ChannelRequest(capabilities, filter, name, newDepthMax, callbackExecutor);
    }

    /** With callbacks on this executor. */
    public ChannelRequest withCallbackExecutor(Executor executor) {
        return new ChannelRequest(capabilities, filter, name, depthMax, Optional.of(executor));
    }
}
