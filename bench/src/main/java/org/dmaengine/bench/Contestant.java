package org.dmaengine.bench;

import java.io.IOException;

/**
 * Someone who does the work of a case, ours or a peer, opened for one case. All contestants of a
 * case are open at once, and one has its turn at a time: between its turns a contestant uses no
 * processor.
 */
public interface Contestant extends AutoCloseable {

    /**
     * One turn, of a tenth of a second or more, so that a busy machine can be told from the
     * processor times of the system. The first turns are for warming up. The calling thread is on
     * the first core, and so is every thread and process that a turn starts, unless the entry says
     * {@link Entry#onBothCores}.
     *
     * @throws Exception if the work went wrong, wrong bytes included: ours fails the case, a peer
     *     is out
     */
    Turn measure() throws Exception;

    @Override
    default void close() throws IOException {}
}
