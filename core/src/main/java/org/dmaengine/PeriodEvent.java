package org.dmaengine;

/**
 * One period of a cyclic transfer has been filled or sent.
 *
 * @param cookie the transfer
 * @param sequence the number of the period, from 0, over all revolutions, the missed ones counted
 * @param offsetBytes where it lies in the ring
 * @param lengthBytes the length of a period
 * @param missed periods that were overwritten since the last event, before they could be delivered;
 *     always 0 where the engine holds back
 */
public record PeriodEvent(
        long cookie, long sequence, long offsetBytes, long lengthBytes, long missed) {}
