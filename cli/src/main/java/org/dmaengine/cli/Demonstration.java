package org.dmaengine.cli;

/** The same program twice: as stock Java runs it, and with this library. */
interface Demonstration extends AutoCloseable {
    DemoVariant variant();

    /** What the program uses of stock Java, for a title. */
    String stock();

    /** What it uses of this library instead. */
    String library();

    void showStock(DemoSide side);

    void showLibrary(DemoSide side);

    @Override
    void close();
}
