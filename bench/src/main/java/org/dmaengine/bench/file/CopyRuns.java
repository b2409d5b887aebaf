package org.dmaengine.bench.file;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.FreeMemory;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Copies with one command, as from a shell: its start counts. */
final class CopyRuns implements Contestant {
    private final boolean cold;
    private final Path folder;
    private final Path source;
    private final Path target;
    private final List<String> command;
    private final long sourceBytes;
    private boolean compared;

    CopyRuns(Site site, Source kind, boolean cold, CopyCommand who)
            throws IOException, InterruptedException, Skip {
        this.cold = cold;
        Path launcher = site.peers().resolve("../../dmaengine").normalize();
        if (who == CopyCommand.OURS || who == CopyCommand.OURS_UNSYNCED) {
            // Builds the command line, if there is no build of these sources.
            Programs.run(List.of(launcher.toString(), "engines"));
        }
        folder = Files.createTempDirectory(site.work(), "copy-");
        source = folder.resolve("source");
        target = folder.resolve("target");
        command = who.command(launcher, source, target);
        try {
            kind.make(source);
            sourceBytes = Tree.bytes(source);
        } catch (IOException | Skip | RuntimeException | Error failed) {
            Tree.delete(folder);
            throw failed;
        }
    }

    /** In seconds. */
    @Override
    public Turn measure() throws IOException, InterruptedException {
        Tree.delete(target);
        Programs.run(List.of("sync", "-f", folder.toString()));
        if (cold) {
            Source.cool(source);
        } else {
            Source.warm(source);
        }
        // For the target, and for what reads and writes it.
        FreeMemory.touch(2 * sourceBytes);
        long begun = System.nanoTime();
        Programs.run(command);
        long nanos = System.nanoTime() - begun;
        compareOnce();
        return Turn.of(nanos / 1e9);
    }

    private void compareOnce() throws IOException, InterruptedException {
        if (!compared) {
            Programs.run(List.of("diff", "-r", source.toString(), target.toString()));
            compared = true;
        }
    }

    @Override
    public void close() throws IOException {
        Tree.delete(folder);
    }
}
