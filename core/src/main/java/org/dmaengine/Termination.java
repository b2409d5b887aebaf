package org.dmaengine;

/**
 * One row of an engine's honesty table (P6).
 *
 * @param effect what abort can do to the operation
 * @param proof what proves its last touch
 */
public record Termination(AbortEffect effect, Proof proof) {}
