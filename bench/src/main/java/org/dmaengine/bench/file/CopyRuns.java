package org.dmaengine.bench.file;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.FreeMemory;
import org.dmaengine.bench.Program;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Copies with one command, as from a shell: its start counts. Each turn has a target of its own,
 * and what is left of the one before stays, without its bytes, until the run is over: ext4 does not
 * give the number of a deleted file to another one for minutes, and a copy into a folder where
 * thousands were deleted looks past each of them for each file that it makes.
 */
final class CopyRuns implements Contestant {
    private final boolean cold;
    private final Path folder;
    private final Path source;
    private final CopyCommand who;
    private final Path launcher;
    private final long sourceBytes;
    private int targets;
    private boolean compared;

    CopyRuns(Site site, Source kind, boolean cold, CopyCommand who)
            throws IOException, InterruptedException, Skip {
        this.cold = cold;
        this.who = who;
        launcher = site.peers().resolve("../../dmaengine").normalize();
        if (who == CopyCommand.OURS || who == CopyCommand.OURS_UNSYNCED) {
            // Builds the command line, if there is no build of these sources.
            Program.run(List.of(launcher.toString(), "engines"));
        }
        folder = Files.createTempDirectory(site.work(), "copy-");
        source = folder.resolve("source");
        try {
            kind.make(source);
            sourceBytes = Tree.bytes(source);
        } catch (IOException | Skip | RuntimeException | Error failed) {
            Tree.empty(folder);
            throw failed;
        }
    }

    /** In seconds. */
    @Override
    public Turn measure() throws IOException, InterruptedException {
        Path target = nextTarget();
        Program.run(List.of("sync", "-f", folder.toString()));
        if (cold) {
            ColdFiles.cool(source);
        } else {
            Source.warm(source);
        }
        // For the target, and for what reads and writes it.
        FreeMemory.touch(2 * sourceBytes);
        long begun = System.nanoTime();
        Program.run(who.command(launcher, source, target));
        long nanos = System.nanoTime() - begun;
        compareOnce(target);
        return Turn.of(nanos / 1e9);
    }

    private Path nextTarget() throws IOException {
        Tree.empty(folder.resolve("target-" + targets));
        targets++;
        return folder.resolve("target-" + targets);
    }

    private void compareOnce(Path target) throws IOException, InterruptedException {
        if (!compared) {
            Program.run(List.of("diff", "-r", source.toString(), target.toString()));
            compared = true;
        }
    }

    @Override
    public void close() throws IOException {
        Tree.empty(folder);
    }
}
