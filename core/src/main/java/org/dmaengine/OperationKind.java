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
    /** {@link Operation.PeripheralSg} on a {@link Peripheral.Stream}: a pipe or socket. */
    STREAM,
    /** {@link Operation.PeripheralSg} on a {@link Peripheral.Blocking}: any other byte endpoint. */
    BLOCKING,
    /** {@link Operation.Cyclic} on any peripheral. */
    CYCLIC,
    /** {@link Operation.PeripheralCommand}. */
    COMMAND
}
