package org.dmaengine.bench;

/**
 * Someone who could take part in a case.
 *
 * @param name as the report calls it
 * @param opening makes it ready
 */
public record Entry(String name, Opening opening) {

    /** Makes a contestant ready for its turns. */
    @FunctionalInterface
    public interface Opening {
        /**
         * Called on a thread that may run on both {@link Cores}; threads started here inherit that.
         *
         * @throws Skip if it cannot take part on this machine
         * @throws Exception if it should be able to and is not: ours fails the case, a peer is out
         */
        Contestant open(Site site) throws Exception;
    }

    /** The same, with the calling thread, and all that its turns start, free to use both cores. */
    public Entry onBothCores() {
        return new Entry(name, site -> new OnBothCores(opening.open(site), site.cores()));
    }
}
