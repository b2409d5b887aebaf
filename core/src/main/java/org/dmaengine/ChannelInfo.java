package org.dmaengine;

import java.util.Set;

/**
 * A free channel, as a request's filter sees it (kernel: the argument of {@code dma_filter_fn}).
 *
 * @param engine the engine's name
 * @param index the channel's number on the engine, from 0
 * @param capabilities what it can do
 */
public record ChannelInfo(String engine, int index, Set<Capability> capabilities) {}
