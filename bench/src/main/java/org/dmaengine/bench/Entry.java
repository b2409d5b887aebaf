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
         * @throws Exception if it should be able to and is not: the case fails
         */
        Contestant open(Site site) throws Exception;
    }

    /**
     * The same, with the calling thread on the first core during each turn but the first one, so
     * that the threads it starts in that one may run on both.
     */
    public Entry onFirstCore() {
        return new Entry(name, site -> new OnFirstCore(opening.open(site), site.cores()));
    }
}
