package org.dmaengine.bench.file;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Entry;

import java.util.ArrayList;
import java.util.List;

/** Cases of {@code dmaengine copy} beside {@code cp}, each with the same promise. */
final class CopyCases {
    /** How their names begin. */
    static final String COPY = "copy of ";

    private CopyCases() {}

    static List<Case> all(String suite, boolean large) {
        List<Case> cases = new ArrayList<>();
        for (Source source : Source.of(large)) {
            for (boolean cold : new boolean[] {false, true}) {
                for (boolean synced : new boolean[] {false, true}) {
                    cases.add(of(suite, source, cold, synced));
                }
            }
        }
        return cases;
    }

    private static Case of(String suite, Source source, boolean cold, boolean synced) {
        String name =
                COPY
                        + source.title()
                        + (cold ? " from the disk" : " from the page cache")
                        + (synced ? " to the disk" : "");
        CopyCommand copy = synced ? CopyCommand.OURS : CopyCommand.OURS_UNSYNCED;
        CopyCommand peer = synced ? CopyCommand.CP_SYNCED : CopyCommand.CP;
        CopyCommand bare = synced ? CopyCommand.BARE : CopyCommand.BARE_UNSYNCED;
        Entry ours = entry(source, cold, synced, copy);
        return Case.of(suite, name, "s", Better.SMALLER, ours)
                .beside(entry(source, cold, synced, peer), entry(source, cold, synced, bare))
                .withKernelWork();
    }

    private static Entry entry(Source source, boolean cold, boolean synced, CopyCommand who) {
        Entry entry =
                new Entry(
                        who.title,
                        site -> {
                            if (cold || synced) {
                                Disk.require(site.work());
                            }
                            return new CopyRuns(site, source, cold, who);
                        });
        // A process may use the cores of the thread that starts it: all of them, as from a shell.
        return entry.onBothCores();
    }
}
