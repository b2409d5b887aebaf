package org.dmaengine.bench;

import java.io.IOException;

/** This machine, looked at. */
final class LiveSenses implements Quiet.Senses, AutoCloseable {
    private final Cores cores;
    private final PingPong pingPong;

    LiveSenses(Cores cores) {
        this.cores = cores;
        pingPong = new PingPong(cores);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public ProcessorTimes processorTimes() throws IOException {
        return ProcessorTimes.read(cores);
    }

    @Override
    public double pingPongNanos() {
        return pingPong.nanos();
    }

    @Override
    public void pause(long nanos) throws InterruptedException {
        Thread.sleep(nanos / 1_000_000);
    }

    @Override
    public void close() {
        pingPong.close();
    }
}
