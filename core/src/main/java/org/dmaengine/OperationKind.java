package org.dmaengine;

/**
 * The rows of an engine's honesty table (P6): operations that differ in how they can be stopped and
 * in what proves their last touch.
 */
public enum OperationKind {
    /** {@link Operation.Memcpy}. */
    MEMCPY,
    /** {@link Operation.Memset}. */
    MEMSET,
    /** {@link Operation.Interleaved}. */
    INTERLEAVED,
    /** {@link Operation.Interrupt}. */
    INTERRUPT,
    /** {@link Operation.PeripheralSg} on a {@link Peripheral.File}. */
    FILE,
    /**
     * What waits for the other end of a pipe or socket: {@link Operation.PeripheralSg} on a {@link
     * Peripheral.Stream} or {@link Peripheral.Messages}, {@link Command.Accept} and {@link
     * Command.Connect}.
     */
    STREAM,
    /** {@link Operation.PeripheralSg} on a {@link Peripheral.Blocking}: any other byte endpoint. */
    BLOCKING,
    /** {@link Operation.Cyclic} on any peripheral. */
    CYCLIC,
    /** {@link Operation.PeripheralCommand}, but for those that fall under {@link #STREAM}. */
    COMMAND
}
