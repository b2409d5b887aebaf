package org.dmaengine.bench.echo;

/** Who sends back. */
@FunctionalInterface
interface EchoServer {
    /**
     * Listens on a port of its own on the loopback interface, for as long as the process lives.
     *
     * @param messageBytes how long the messages are that come there
     */
    int listen(int messageBytes) throws Exception;
}
