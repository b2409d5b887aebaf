package org.dmaengine.cli;

import java.io.IOException;

/**
 * A copy that is whole, with its attributes, but has not got its name yet. Nobody else can take it
 * as long as it is open.
 *
 * @param partial where it is
 * @param named what it will be, under its name
 */
record WholeFile(PartialFile partial, FileCopy.Named named) implements AutoCloseable {
    /** Forces it to disk. */
    void force() throws IOException {
        attempt(partial::force);
    }

    /** Gives it its name; a crash may still take that, and what was not forced before. */
    void publish() throws IOException {
        attempt(partial::publish);
    }

    /** It could not be forced: it stays without a name. */
    void fail(IOException why) throws IOException {
        attempt(() -> {
            throw why;
        });
    }

    /** What to tell of a problem with it. */
    CommandFailure problem(IOException problem) {
        return FileProblem.of("writing " + partial.target(), problem);
    }

    /** What is tried with the partial file. */
    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Step step) throws IOException {
        try {
            step.run();
        } catch (IOException problem) {
            throw partial.abandon(FileProblem.of("writing " + partial.path(), problem), true);
        } catch (CommandFailure refused) {
            throw partial.abandon(refused, true);
        }
    }

    @Override
    public void close() throws IOException {
        partial.close();
    }
}
