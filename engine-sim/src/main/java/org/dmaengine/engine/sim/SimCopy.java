package org.dmaengine.engine.sim;

import org.dmaengine.Operation;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.IssuedTransfer;

/** One of the copies of a {@link SimRun}, as the controller treats every transfer. */
final class SimCopy implements IssuedTransfer {
    private final IssuedCopies copies;
    private final long ticket;
    private final Operation.Memcpy operation;

    SimCopy(IssuedCopies copies, int index) {
        this.copies = copies;
        this.ticket = copies.ticket(index);
        this.operation = copies.operation(index);
    }

    @Override
    public long ticket() {
        return ticket;
    }

    @Override
    public Operation operation() {
        return operation;
    }

    @Override
    public long lengthBytes() {
        return operation.lengthBytes();
    }

    @Override
    public boolean stopRequested() {
        return copies.stopRequested();
    }

    /** Small copies tell no progress. */
    @Override
    public void progress(long bytes) {}

    @Override
    public boolean mayStartPeriod() {
        return true;
    }

    @Override
    public void periodElapsed() {
        throw new IllegalStateException("a copy has no periods");
    }
}
