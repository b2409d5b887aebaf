package org.dmaengine.bench.file;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Entry;

import java.util.ArrayList;
import java.util.List;

/** Cases of {@code dmaengine copy} beside {@code cp}, each with the same promise. */
final class CopyCases {
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
                "copy of "
                        + source.title()
                        + (cold ? " from the disk" : " from the page cache")
                        + (synced ? " to the disk" : "");
        Entry ours = entry(source, cold, synced ? CopyCommand.OURS : CopyCommand.OURS_UNSYNCED);
        Entry peer = entry(source, cold, synced ? CopyCommand.CP_SYNCED : CopyCommand.CP);
        Entry bare = entry(source, cold, synced ? CopyCommand.BARE : CopyCommand.BARE_UNSYNCED);
        return Case.of(suite, name, "s", Better.SMALLER, ours).beside(peer, bare).withKernelWork();
    }

    private static Entry entry(Source source, boolean cold, CopyCommand who) {
        // A process may use the cores of the thread that starts it: all of them, as from a shell.
        return new Entry(who.title, site -> new CopyRuns(site, source, cold, who)).onBothCores();
    }
}
