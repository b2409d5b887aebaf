package org.dmaengine;

/**
 * A callback that has not returned.
 *
 * @param channel the channel's name
 * @param cookie the transfer it is for
 * @param thread the name of the thread it runs on; empty while its executor has not started it
 */
public record RunningCallback(String channel, long cookie, String thread) {}
