package org.dmaengine;

/**
 * Every last touch has happened, no callback concerned is running, and none will start.
 *
 * @param receipt the evidence
 */
public record Quiesced(Receipt receipt) implements Quiescence {}
