package org.dmaengine;

/**
 * Called for each period of a cyclic transfer, under the rules of {@link TransferCallback}. Where
 * the engine holds back, the period belongs to the client until this returns.
 */
@FunctionalInterface
public interface PeriodCallback {
    /** A period has been filled or sent. */
    void onPeriod(PeriodEvent event);
}
