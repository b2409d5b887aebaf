package org.dmaengine.cli;

/** What the demonstration is done with. */
enum DemoVariant {
    io_uring,
    socket
}
