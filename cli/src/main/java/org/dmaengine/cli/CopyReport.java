package org.dmaengine.cli;

import org.dmaengine.Receipt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a copy did, for the one object of {@code --json} and for the last line of an interrupted
 * one. All threads of the copy tell it; its fields are guarded by itself.
 */
final class CopyReport {
    private long bytes;
    private long resumedBytes;
    private long files;
    private long verifiedFiles;
    private boolean interrupted;
    private boolean unforced;
    private String where = "";
    private String error = "";

    /** So many bytes of a file are at the target now, safe on disk; some of them from before. */
    synchronized void file(long safeBytes, long ofThemResumed) {
        files++;
        bytes += safeBytes;
        resumedBytes += ofThemResumed;
    }

    synchronized void verified() {
        verifiedFiles++;
    }

    /** The copy stopped in the middle of a file. */
    synchronized void interrupted(long safeBytes, String whereTheyAre) {
        interrupted = true;
        bytes += safeBytes;
        where = whereTheyAre;
    }

    /** What is copied is not on disk yet, as nobody waits for that. */
    synchronized void unforced() {
        unforced = true;
    }

    synchronized void failed(String line) {
        error = line;
    }

    synchronized boolean isInterrupted() {
        return interrupted;
    }

    synchronized boolean isFailed() {
        return !error.isEmpty();
    }

    synchronized String error() {
        return error;
    }

    synchronized int exitCode() {
        if (isFailed()) {
            return ExitCode.FAILED;
        }
        return interrupted ? ExitCode.INTERRUPTED : ExitCode.DONE;
    }

    /** One honest line: what is safe, and that nothing is in flight; or that something is. */
    synchronized String interruptedLine(CopyEngine engine) {
        String flight =
                engine.isQuiesced()
                        ? "nothing is in flight"
                        : "NOT QUIET, the engine still owns transfers: " + engine.ownedReason();
        String safe = unforced ? "written, but not forced to disk," : "safe on disk";
        return "interrupted: %d bytes are %s%s; %s".formatted(bytes, safe, where, flight);
    }

    synchronized Map<String, Object> toJson(CopyEngine engine, double seconds) {
        Map<String, Object> object = Json.object();
        object.put("engine", engine.name());
        object.put("bytes", bytes);
        object.put("seconds", seconds);
        object.put("verified", files > 0 && verifiedFiles == files && !interrupted && !isFailed());
        object.put("interrupted", interrupted);
        object.put("files", files);
        object.put("resumedBytes", resumedBytes);
        Map<String, Object> receipt = Json.object();
        receipt.put("quiesced", engine.isQuiesced());
        receipt.put("transfers", transfers(engine.receipts()));
        object.put("receipt", receipt);
        if (isFailed()) {
            object.put("error", error);
        }
        return object;
    }

    private static List<Object> transfers(List<Receipt> receipts) {
        List<Object> all = new ArrayList<>();
        for (Receipt receipt : receipts) {
            for (Receipt.Entry entry : receipt.entries()) {
                Map<String, Object> object = Json.object();
                object.put("channel", receipt.channel());
                object.put("cookie", entry.cookie());
                object.put("kind", entry.kind().name());
                object.put("outcome", entry.outcome().name());
                object.put("bytes", entry.bytes());
                object.put("residueBytes", entry.residueBytes());
                object.put("callbackRan", entry.callbackRan());
                object.put("proof", entry.proof().name());
                all.add(object);
            }
        }
        return all;
    }
}
